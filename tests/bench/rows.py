"""Lines of the result table, the list of measures, and what every run of the generator must fulfil."""

MEASURES = {}


def measure(function):
    """Registers: takes the options of `run`, gives {"rows": […], "raw": {…}}."""
    MEASURES[function.__name__.replace("_", "-")] = function
    return function


def at_least(limit, text=None):
    return {"sign": "≥", "limit": limit, "text": text or f"≥ {limit:,}"}


def at_most(limit, text=None):
    return {"sign": "≤", "limit": limit, "text": text or f"≤ {limit:,}"}


def row(key, name, value, unit, asked, problems=(), beside=None, beside_name=""):
    """One line. key: what notes.json and the plot call it; beside: the reference's value in the same unit; a line with problems is not reached,
    whatever its value."""
    good = value >= asked["limit"] if asked["sign"] == "≥" else value <= asked["limit"]
    return {"key": key, "measure": name, "value": value, "unit": unit, "asked": asked, "reached": bool(good) and not problems,
            "problems": list(problems), "reference": beside, "reference_name": beside_name,
            "ratio": round(value / beside, 3) if beside else None}


def everyone(people, channels_of, sends=lambda n: True):
    """A plan of the generator: one socket a person."""
    return [(person.token, channels_of(n), sends(n)) for n, person in enumerate(people)]


def groups(rig, channels, size):
    """A plan for channels with size members of their own each; all send."""
    people = rig.people.make(channels * size)
    ids = rig.people.channels(channels, [people[n * size:(n + 1) * size] for n in range(channels)])
    rig.settle()
    return everyone(people, lambda n: [ids[n // size]])


def problems(result, rig=None, rate=None, members=None):
    """Why the speed is worth nothing: something was refused, lost, out of order, or (in an open loop at `rate`, each message for `members`) did not keep up."""
    found = []
    if result["all_errors"]:
        found.append(f"{result['all_errors']} messages were refused: {result['first_error']}")
    if result["unanswered"]:
        found.append(f"{result['unanswered']} messages were not answered")
    if result["all_acks"] + result["unanswered"] + result["all_errors"] != result["all_sent"]:
        found.append("the answers do not add up")
    if result["disordered"]:
        found.append(f"{result['disordered']} deliveries out of order")
    if result["closed"]:
        found.append(f"{result['closed']} sockets were closed: {result['first_error']}")
    if rig and rig.messages() < result["all_acks"]:
        found.append(f"{result['all_acks']} acknowledged, {rig.messages()} stored")
    if rate and result["acks"] < 0.97 * rate * result["seconds"]:
        found.append(f"{result['acks'] / result['seconds']:.0f}/s of {rate}/s were acknowledged")
    if rate and members and result["deliveries"] < 0.97 * rate * members * result["seconds"]:
        found.append(f"{result['deliveries'] / result['seconds']:.0f}/s of {rate * members}/s were delivered")
    return found


def per_million(result, name):
    """CPU seconds of a process for a million deliveries."""
    return round(result["cpu"][name] / max(result["deliveries"], 1) * 1e6, 2)

"""Rate limits, in one gateway and shared by several (ARCHITECTURE: 429 always with Retry-After)."""

from harness import until


def burst(person, path="/auth/me", most=400):
    """Calls until it is refused; gives the number that passed and the refusal."""
    for n in range(most):
        answer = person.get(path)
        if answer.status_code == 429:
            return n, answer
        assert answer.status_code == 200
    return most, None


def test_a_burst_is_refused_with_when_to_come_back(make_suite):
    suite = make_suite(env={"PALIQUE_RATE_SCALE": "5"})
    person = suite.org().admin
    first = person.get("/auth/me")
    limit = int(first.headers["X-RateLimit-Limit"])
    assert int(first.headers["X-RateLimit-Remaining"]) < limit and int(first.headers["X-RateLimit-Reset"]) > 0
    passed, refusal = burst(person)
    assert passed <= limit and refusal is not None
    assert refusal.json()["code"] == "rate.limited" and int(refusal.headers["Retry-After"]) >= 1
    until(lambda: person.get("/auth/me").status_code == 200, "the limit to let one pass again")


def test_one_persons_limit_is_not_anothers(make_suite):
    suite = make_suite(env={"PALIQUE_RATE_SCALE": "20"})
    org = suite.org()
    other = org.member()
    _, refusal = burst(org.admin)
    assert refusal is not None
    assert other.get("/auth/me").status_code == 200


def test_several_gateways_count_together_through_the_store(make_suite):
    suite = make_suite(gateways=2, redis=True, env={"PALIQUE_RATE_SCALE": "25"})
    here = suite.org().admin
    there = suite.client(gateway=1)
    there.token = here.token
    limit = int(here.get("/auth/me").headers["X-RateLimit-Limit"])
    _, refusal = burst(here)
    assert refusal is not None

    def known_there():
        answer = there.get("/auth/me")
        return answer.status_code == 429 or int(answer.headers["X-RateLimit-Remaining"]) < limit // 4
    until(known_there, "what one gateway let pass to count at the other")

"""A steady conversation for tests that break something meanwhile: talkers with records, and the checker's judgement in the end."""

from .checker import check_channel
from .talker import Talker
from .until import until

PATIENCE = 60


class Conversation:
    """Four people in two channels over two gateways; stop() waits until all is calm and gives the complaints."""

    def __init__(self, suite):
        self.suite = suite
        org = suite.org()
        people = [org.admin, *(org.member() for _ in range(3))]
        self.admin = org.admin
        self.channels = [org.admin.channel()["id"] for _ in range(2)]
        for channel in self.channels:
            for person in people[1:]:
                person.join(channel)
        urls = [suite.ws_url(0), suite.ws_url(1)]
        self.talkers = {f"p{n}": Talker(person, self.channels, urls[n % 2:] + urls[:n % 2]) for n, person in enumerate(people)}

    def acknowledged(self):
        return sum(len(t.acked) for t in self.talkers.values())

    def goes_on(self, more=40):
        """Waits until so many more messages are acknowledged, some of each talker."""
        before = {name: len(t.acked) for name, t in self.talkers.items()}
        until(lambda: all(len(t.acked) >= before[name] + more // len(self.talkers) for name, t in self.talkers.items()),
              f"the conversation to go on; {[(t.errors, t.connections, len(t.waiting), t.faults[:2]) for t in self.talkers.values()]}", timeout=PATIENCE)

    def whole_history(self, channel):
        items, before = [], None
        while True:
            page = self.admin.history(channel, limit=200, **({"before": before} if before else {}))
            items += page["items"]
            if not page["has_before"]:
                return items
            before = min(m["id"] for m in page["items"])

    def stop(self):
        for talker in self.talkers.values():
            talker.hush()
        until(lambda: all(t.quiet() for t in self.talkers.values()), "everything sent to be acknowledged", timeout=PATIENCE)
        heads = {c: self.admin.ok("GET", f"/channels/{c}")["head_seq"] for c in self.channels}
        until(lambda: all(t.head(c) >= heads[c] for t in self.talkers.values() for c in self.channels),
              f"everyone to see the end {heads}; {[t.position for t in self.talkers.values()]}", timeout=PATIENCE)
        for talker in self.talkers.values():
            talker.end()
        found = [f"{name}: {fault}" for name, t in self.talkers.items() for fault in t.faults + t.gaps]
        acked = {k: v for t in self.talkers.values() for k, v in t.acked.items()}
        sent = {k: v for t in self.talkers.values() for k, v in t.sent.items()}
        assert set(sent.values()) == set(acked)
        for channel in self.channels:
            history = self.whole_history(channel)
            found += check_channel(history, {m["client_id"]: acked[m["client_id"]] for m in history if m["client_id"] in acked}, sent,
                                   {name: t.seen[channel] for name, t in self.talkers.items()},
                                   {name: t.start[channel] for name, t in self.talkers.items()}, heads[channel])
        stored = {m["client_id"] for c in self.channels for m in self.whole_history(c)}
        found += [f"acknowledged and lost: {client_id}" for client_id in acked if client_id not in stored]
        return found

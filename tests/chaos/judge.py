"""Afterwards: waits until all is calm, collects what is stored, and lets harness/checker.py compare it with what the people recorded."""

import asyncio
import json
import time

from harness.checker import check_as_logged, check_channel, check_notifications, told_of_replies
from harness.counts import check_counts, check_threads_of, check_totals, told_of_mentions
from harness.marks import check_marks

CALM_WITHIN = 90  # seconds
LOG_LIMIT = 2000  # events that a client may resume over


class Judge:
    def __init__(self, suite, admin, talkers, channels, world):
        self.suite, self.admin, self.talkers, self.channels, self.world = suite, admin, talkers, channels, world

    async def calm(self):
        """All is up, everything sent is answered, everyone is at the end. False: that did not happen in time."""
        for talker in self.talkers.values():
            talker.talking = False
        await asyncio.to_thread(self.suite.wait_ready)
        if not await self._until(lambda: all(t.quiet() for t in self.talkers.values()), "everything sent to be acknowledged",
                                 lambda: {n: [r.frame for r in t.waiting.values()] for n, t in self.talkers.items() if t.waiting}):
            return False
        self.heads = {c: (await self._get(f"/channels/{c}"))["head_seq"] for c in self.channels}
        behind = lambda: {n: {c: (p, self.heads[c]) for c, p in t.position.items() if p < self.heads[c]} for n, t in self.talkers.items()}  # noqa: E731
        return await self._until(lambda: not any(behind().values()), "everyone to see the end", behind)

    async def _until(self, condition, what, why):
        deadline = time.monotonic() + CALM_WITHIN
        while not condition():
            if time.monotonic() > deadline:
                self.world.complaints.append(f"waited {CALM_WITHIN} s in vain for {what}: {str(why())[:2000]}")
                return False
            await asyncio.sleep(0.05)
        return True

    async def _get(self, path, person=None, **params):
        """Of a suite that is well: but what was running a moment ago may need a second try."""
        for attempt in range(5):
            try:
                return await asyncio.to_thread((person or self.admin).ok, "GET", path, params=params)
            except Exception:  # noqa: BLE001: whatever it was, the last one counts
                if attempt == 4:
                    raise
                await asyncio.sleep(1)

    async def _history(self, channel):
        items, before = [], {}
        while True:
            page = await self._get(f"/channels/{channel}/messages", limit=200, include="thread_replies", **before)
            items += page["items"]
            if not page["has_before"]:
                return items
            before = {"before": min(m["id"] for m in page["items"])}

    def _log(self, channel):
        rows = self.suite.psql(f"select body from chat.event where channel_id = {channel} and seq is not null order by seq")
        frames = [self.world.frame(json.dumps(json.loads(row))) for row in rows.splitlines()]
        return {frame["seq"]: frame for frame in frames}

    async def complaints(self, watchers):
        """watchers: names of those whose notifications are read."""
        found = []
        authors = {}  # message id → (channel, seq, author)
        self.histories, self.logs = {}, {}
        for channel in self.channels:
            history = self.histories[channel] = await self._history(channel)
            authors.update({m["id"]: (channel, m["seq"], m["user_id"], m.get("in_channel", True)) for m in history})
            found += [f"channel {channel}: {what}" for what in await self._channel(channel, history)]
        for talker in self.talkers.values():
            found += [f"{talker.name}: {what}" for what in await self._counts(talker)]
            found += [f"{talker.name}: {gap}" for gap in talker.gaps]
        for name in watchers:
            found += await self._notifications(self.talkers[name], authors)
        total = lambda: self._get("/admin/stats")  # noqa: E731
        return found + await self._eventually(lambda s: [] if s["messages"]["total"] == len(authors) else
                                              [f"admin counts {s['messages']['total']} messages, there are {len(authors)}"], total)

    async def _channel(self, channel, history):
        observers = {n: t.seen[channel] for n, t in self.talkers.items() if channel in t.seen}
        log = self.logs[channel] = await asyncio.to_thread(self._log, channel)
        starts = {n: self._start(self.talkers[n], channel, log) for n in observers}
        posts = [p for t in self.talkers.values() for p in t.posts.values() if p.channel == channel]
        acked = {p.client_id: {"message_id": p.ack[0], "seq": p.ack[1]} for p in posts if p.ack}
        sent = {p.content: p.client_id for p in posts}
        by_client = {p.client_id: p for p in posts}
        changes = {m["id"]: _change(by_client[m["client_id"]]) for m in history if m["client_id"] in by_client}
        found = check_channel(history, acked, sent, observers, starts, self.heads[channel], log, changes)
        return found + await self._marks(channel, history, log) + await self._resumed(channel, log)

    async def _marks(self, channel, history, log):
        """Reactions and pins."""
        pinned, cursor = [], {}
        while True:
            page = await self._get(f"/channels/{channel}/pins", **cursor)
            pinned += [m["id"] for m in page["items"]]
            if not page["next_cursor"]:
                break
            cursor = {"cursor": page["next_cursor"]}
        sent = {what for t in self.talkers.values() for what in t.marks_sent}
        acked = [what for t in self.talkers.values() for where, what in t.marks_acked if where == channel]
        return check_marks(history, pinned, log, sent, acked)

    def _person(self, talker, channel):
        """As harness/counts.py wants him."""
        person = talker.person.id
        joined = next(seq for seq, f in self.logs[channel].items() if f["type"] == "user_joined" and f["user_id"] == person)
        return {"id": person, "joined": joined, "groups": {g for g, users in self.world.groups.items() if person in users}}

    async def _counts(self, talker):
        """Markers, unread and mention counts, threads: from each place that tells of them."""
        boot = {c["id"]: c for c in (await self._get("/bootstrap", talker.person))["channels"]}
        hello = {c["channel_id"]: c for c in await asyncio.to_thread(_hello, talker.person)}
        states, cursor = {}, {}
        while True:
            page = await self._get("/threads", talker.person, limit=100, **cursor)
            states.update({item["root"]["id"]: item["state"] for item in page["items"]})
            if not page["next_cursor"]:
                break
            cursor = {"cursor": page["next_cursor"]}
        found = []
        for channel in talker.seen:
            person, log, history = self._person(talker, channel), self.logs[channel], self.histories[channel]
            marks = {"read": talker.marks_read[channel], "back": talker.marks_back[channel]}
            shown = {"bootstrap": boot[channel], "hello": hello[channel], "channel": await self._get(f"/channels/{channel}", talker.person)}
            here = {root: state for root, state in states.items() if state["channel_id"] == channel}
            found += [f"channel {channel}: {what}" for what in
                      check_counts(history, person, marks, shown) + check_threads_of(history, log, person, here)]
        return found + check_totals(boot.values(), await self._get("/unread", talker.person))

    def _start(self, talker, channel, log):
        """What he was sent begins after this: the head when he first came, or his own joining, which he may be told too."""
        if talker.start.get(channel) is None:
            joined = next(seq for seq, f in log.items() if f["type"] == "user_joined" and f["user_id"] == talker.person.id)
            talker.joined[channel] = joined
            talker.start[channel] = joined - 1 if [f["seq"] for f in talker.seen[channel][:1]] == [joined] else joined
        return talker.start[channel]

    async def _resumed(self, channel, log):
        """A client of p0 that comes back from as far as it may is sent what is stored."""
        after = max(self.talkers["p0"].start[channel], self.heads[channel] - LOG_LIMIT)

        def resume():
            ws = self.admin.ws()
            ws.expect("hello")
            ws.send({"type": "resume", "positions": {str(channel): after}})
            ws.expect("resumed", timeout=60)
            ws.close()
            return [f for f in ws.frames if f.get("channel_id") == channel and "seq" in f and f["type"] != "read_marker"]

        frames = await asyncio.to_thread(resume)
        found = check_as_logged("resume", frames, log)
        if [f["seq"] for f in frames] != list(range(after + 1, self.heads[channel] + 1)):
            found.append(f"resume after {after} gives {len(frames)} events, {self.heads[channel] - after} are there")
        return found

    async def _notifications(self, talker, authors):
        expected = [number for number, (channel, seq, author, in_channel) in authors.items()
                    if in_channel and channel in talker.seen and author != talker.person.id and seq > talker.joined.get(channel, 0)]

        persons = {channel: self._person(talker, channel) for channel in talker.seen}
        replies = [n for channel, p in persons.items() for n in told_of_replies(self.logs[channel], p["id"], p["groups"])]
        mentions = [n for channel, p in persons.items() for n in told_of_mentions(self.logs[channel], p)]

        async def told(*kinds):
            items, cursor = [], {}
            while True:
                page = await self._get("/notifications", talker.person, limit=200, **cursor)
                items += [n["message_id"] for n in page["items"] if n["kind"] in kinds]
                if not page["next_cursor"]:
                    return items
                cursor = {"cursor": page["next_cursor"]}

        found = await self._eventually(lambda ids: check_notifications(talker.name, ids, expected), lambda: told("message"))
        found += await self._eventually(lambda ids: check_notifications(f"{talker.name}, of replies", ids, replies), lambda: told("thread_reply"))
        return found + await self._eventually(lambda ids: check_notifications(f"{talker.name}, of mentions", ids, mentions), lambda: told("mention"))

    async def _eventually(self, complain, get):
        """What follows the log by itself may be a little behind."""
        deadline = time.monotonic() + CALM_WITHIN
        while True:
            found = complain(await get())
            if not found or time.monotonic() > deadline:
                return found[:50]
            await asyncio.sleep(0.5)


def _hello(person):
    socket = person.ws()
    channels = socket.expect("hello")["channels"]
    socket.close()
    return channels


def _change(post):
    return {"texts": post.texts, "edited": post.edited, "deleted": post.deleted, "deleting": post.deleting}

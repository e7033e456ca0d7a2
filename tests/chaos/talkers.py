"""People who keep talking while things break, all on one asyncio loop: they send, edit, delete, repeat on purpose what they have sent (by WebSocket
and by REST through another gateway), lose their sockets and come back with their positions. Each keeps a record of its own of what it sent, what
was acknowledged and what it saw; nothing here judges it but what can only be seen at the time."""

import asyncio
import collections
import json
import random
import socket
import time
import urllib.parse
import uuid

import aiohttp
import websockets

RETRY = ("service.unavailable", "service.timeout", "rate.limited")
RECONNECT = (None, 1000, 1001, 1005, 1006, 1012, 1013)
GOING_BACK = ("p1", "p3", "p5", "p7", "p9", "p11")  # who mark messages as unread too
ROOTS = 10  # messages of a channel that are replied to in threads
EMOJI = ("👍", "🎉", "❤️", "👍🏽", "🏳️‍🌈")
TOLD = {"add_reaction": "reaction_added", "remove_reaction": "reaction_removed", "pin_message": "message_pinned", "unpin_message": "message_unpinned"}
WINDOW = 8  # requests of one person without an answer
ANSWER_WITHIN = 30  # seconds on one socket: more is a violation
RECEIVE_BUFFER = 8 << 10  # small, so that a slow reader is soon felt


class World:
    """What the people of one run share: addresses, figures, complaints, and the frames, of which each text is kept once."""

    def __init__(self, gateways, seed):
        self.gateways, self.seed = gateways, seed  # gateways: http://host:port
        self.frames = {}
        self.acknowledged = []  # (channel, sent, acknowledged at) of messages, in seconds of time.monotonic()
        self.complaints = []
        self.counts = collections.Counter()
        self.roots = collections.defaultdict(list)  # channel → ids of messages with threads, which nobody deletes
        self.addresses, self.groups = [], {}  # what is written behind an @; id of a group → ids of its users
        self.http = None

    def frame(self, text):
        frame = self.frames.get(text)
        if frame is None:
            frame = json.loads(text)
            if "seq" in frame:
                self.frames[text] = frame
        return frame

    def complain(self, who, what):
        self.complaints.append(f"{who}: {what}")


class Post:
    """A message from its author's side."""

    def __init__(self, channel, tag, content, **more):
        self.client_id, self.channel, self.tag, self.content = str(uuid.uuid4()), channel, tag, content
        self.more = more  # what makes it a reply in a thread
        self.sent = time.monotonic()
        self.ack = None  # (message id, seq)
        self.texts = [content]  # all that it was ever sent with, in order
        self.edited = set()  # texts of edits that were acknowledged
        self.busy = False  # an edit or a deletion is on its way
        self.deleting = self.deleted = False
        self.is_root = False


class Request:
    def __init__(self, frame, post):
        self.frame, self.post = frame, post
        self.given = 0.0  # to the socket that is open
        self.socket = None


class Talker:
    def __init__(self, name, person, channels, world, pause=0.15, later=None):
        """later: a channel that he joins some time."""
        self.name, self.person, self.channels, self.world, self.pause = name, person, channels, world, pause
        self.rng = random.Random(f"{world.seed} {name}")
        self.posts = {}  # client_id → Post
        self.mine = []  # those that were acknowledged
        self.marked, self.marking = set(), set()  # (message, emoji or None for the pin): as he believes it is; on their way
        self.marks_sent, self.marks_acked = set(), []  # as harness/marks.py wants them, the latter by channel
        self.waiting = {}  # client_id of the envelope → Request
        self.seen = {channel: [] for channel in channels}
        self.position = {}
        self.start = {channel: None for channel in channels}  # the head when he first came; none of a channel that he joined later
        self.later, self.joined = later, {}
        self.marks_read, self.marks_back = collections.defaultdict(set), collections.defaultdict(set)  # channel → seqs
        self.gaps, self.told = [], set()
        self.talking = self.wanted = True
        self.slow_until = 0.0
        self.ws = self.gateway = None
        self.extras = set()
        self.task = asyncio.ensure_future(self._live())

    # ---- for the run ----
    def quiet(self):
        return not self.waiting and not self.extras

    async def end(self):
        self.wanted = False
        await asyncio.wait_for(self.task, 30)

    def drop(self):
        """Loses the socket without a word."""
        if self.ws:
            self.ws.transport.abort()

    def read_slowly(self, seconds):
        self.slow_until = time.monotonic() + seconds

    def shout(self, channel, size):
        self._post(channel, "x" * size)

    # ---- life ----
    async def _live(self):
        while self.wanted:
            self.gateway = self.rng.choice(self.world.gateways)
            try:
                await self._connect(urllib.parse.urlsplit(self.gateway))
            except websockets.InvalidStatusCode as refused:
                self.world.counts[f"refused with {refused.status_code}"] += 1
                if refused.status_code not in (502, 503, 504):
                    self.world.complain(self.name, f"refused with {refused.status_code}")
            except (OSError, asyncio.TimeoutError, websockets.WebSocketException) as lost:
                self.world.counts[f"lost: {type(lost).__name__}"] += 1
            self.ws = None
            await asyncio.sleep(0.05)

    async def _connect(self, url):
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(sock, (url.hostname, url.port)), 10)
            async with websockets.connect(f"ws://{url.netloc}/ws?resume=true", sock=sock, extra_headers={"Authorization": f"Bearer {self.person.token}"},
                                          open_timeout=10, close_timeout=2, ping_interval=None, max_size=8 << 20, compression=None, max_queue=2,
                                          read_limit=4096) as ws:
                self.world.counts["connections"] += 1
                self.ws = ws
                await self._session(ws)
        finally:
            sock.close()

    async def _session(self, ws):
        hello = json.loads(await asyncio.wait_for(ws.recv(), 20))
        if hello["type"] != "hello":
            self.world.complain(self.name, f"first frame {hello}")
        heads = {c["channel_id"]: c["head_seq"] for c in hello["channels"]}
        joined = {c["channel_id"]: c["joined_seq"] for c in hello["channels"]}
        for channel in self.seen:
            if channel not in self.start:  # he joins, or has just joined
                if channel in joined:
                    self.position.setdefault(channel, joined[channel])
            elif self.start[channel] is None:  # the first time: everything from now on
                self.start[channel] = self.position[channel] = heads[channel]
        await ws.send(json.dumps({"type": "resume", "positions": {str(c): p for c, p in self.position.items()}}))
        reader = asyncio.ensure_future(self._read(ws))
        try:
            for request in list(self.waiting.values()):
                await self._give(ws, request)
            await self._talk(ws, reader)
        finally:
            reader.cancel()
        if not reader.cancelled() and reader.done() and reader.exception():
            raise reader.exception()
        if ws.closed and ws.close_code not in RECONNECT:
            self.world.complain(self.name, f"closed with {ws.close_code} {ws.close_reason}")
        self.world.counts[f"closed with {ws.close_code}"] += ws.closed

    async def _give(self, ws, request):
        request.given, request.socket = time.monotonic(), ws
        await ws.send(json.dumps(request.frame, ensure_ascii=False))

    async def _talk(self, ws, reader):
        while self.wanted and not reader.done():
            if self.talking:
                self._do_something()
                if self.rng.random() < 0.01:
                    self.world.counts["left by themselves"] += 1
                    return
            now = time.monotonic()
            for request in list(self.waiting.values()):
                if request.socket is not ws:
                    await self._give(ws, request)
                elif now - request.given > ANSWER_WITHIN and now > self.slow_until:
                    self.world.complain(self.name, f"no answer within {ANSWER_WITHIN} s on a socket that stays open: {request.frame}")
                    request.given = now
            await asyncio.wait({reader}, timeout=self.rng.uniform(0.5, 1.5) * self.pause)

    def _do_something(self):
        if len(self.waiting) >= WINDOW:
            return
        turn = self.rng.random()
        if self.later and self.rng.random() < 0.02:
            self._extra(self._join(self.later))
            self.later = None
        post = self.rng.choice(self.mine[-200:]) if self.mine else None
        free = post and not post.busy and not post.deleting
        if turn < 0.12 and free:
            self._edit(post)
        elif turn < 0.17 and free and not post.is_root:
            self._delete(post)
        elif turn < 0.23 and post:
            self._repeat(post)
        elif 0.33 <= turn < 0.48 and (roots := self.world.roots[self.rng.choice(self.channels)]):
            self._mark(self.rng.choice(roots), self.rng.choice((*EMOJI, None)))
        elif 0.48 <= turn < 0.6 and self.seen[channel := self.rng.choice(self.channels)]:
            self._move_marker(channel)
        elif turn < 0.28 and self.posts:
            self._extra(self._by_rest(self.rng.choice(list(self.posts.values())[-20:]), 1))
        else:
            size = 12000 if self.rng.random() < 0.02 else self.rng.randint(5, 300)
            post = self._post(self.rng.choice(self.channels), self.rng.choice("abcdeñ€") * size)
            if turn < 0.33:
                self._extra(self._by_rest(post, 2))

    # ---- what they send ----
    def _ask(self, name, frame, post):
        self.waiting[name] = Request({**frame, "client_id": name}, post)

    def _post(self, channel, padding):
        tag = f"{self.name} {len(self.posts)}"
        content = f"{tag} {self._address()} {padding}"
        post = Post(channel, tag, content, **self._thread(channel))
        self.posts[post.client_id] = post
        self.world.counts["messages"] += 1
        self._ask(post.client_id, {"type": "chat_message", "channel_id": channel, "content": content, **post.more}, post)
        return post

    def _thread(self, channel):
        """One in four is a reply in a thread, and one in five of these is shown in the channel too."""
        roots = self.world.roots[channel]
        if not roots or self.rng.random() > 0.25:
            return {}
        self.world.counts["replies in threads"] += 1
        return {"thread_id": self.rng.choice(roots), **({"also_send_to_channel": True} if self.rng.random() < 0.2 else {})}

    def _address(self):
        """One in four mentions somebody, a group or everyone; an edit may mention others than before."""
        if self.rng.random() > 0.25:
            return "to whom it may concern"
        self.world.counts["mentions"] += 1
        return f"@{self.rng.choice(self.world.addresses)}"

    def _move_marker(self, channel):
        """To an event that he has seen, or back to before a message of which he was told; not every one of the people ever goes back."""
        frame = self.rng.choice(self.seen[channel][-200:])
        if self.name in GOING_BACK and frame["type"] == "chat_message" and self.rng.random() < 0.5:
            self.marks_back[channel].add(frame["seq"] - 1)
            self.world.counts["markers set back"] += 1
            self._ask(f"r-{uuid.uuid4()}", {"type": "mark_unread", "channel_id": channel, "message_id": frame["message"]["id"]}, None)
        else:
            self.world.counts["markers"] += 1
            self._ask(f"r-{uuid.uuid4()}", {"type": "mark_read", "channel_id": channel, "seq": frame["seq"]}, None)

    def _edit(self, post):
        post.busy = True
        text = f"{post.tag} {self._address()} edition {len(post.texts)}"
        post.texts.append(text)
        self.world.counts["edits"] += 1
        self._ask(f"e-{uuid.uuid4()}", {"type": "edit_message", "message_id": post.ack[0], "content": text}, post)

    def _delete(self, post):
        post.busy = post.deleting = True
        self.world.counts["deletions"] += 1
        self._ask(f"d-{uuid.uuid4()}", {"type": "delete_message", "message_id": post.ack[0]}, post)

    def _mark(self, message, emoji):
        """A reaction or the pin of a message that nobody deletes, or an end to it."""
        key = (message, emoji)
        if key in self.marking:
            return
        request = f"{'remove' if key in self.marked else 'add'}_reaction" if emoji else f"{'un' if key in self.marked else ''}pin_message"
        self.marking.add(key)
        self.marks_sent.add((TOLD[request], self.person.id, message, emoji))
        self.world.counts["reactions" if emoji else "pins"] += 1
        self._ask(f"m-{uuid.uuid4()}", {"type": request, "message_id": message, **({"emoji": emoji} if emoji else {})}, None)

    def _marked(self, frame, ack):
        key = (frame["message_id"], frame.get("emoji"))
        self.marking.discard(key)
        (self.marked.discard if frame["type"] in ("remove_reaction", "unpin_message") else self.marked.add)(key)
        self.marks_acked.append((ack["channel_id"], ((TOLD[frame["type"]], self.person.id, *key), ack["seq"])))

    def _repeat(self, post):
        """A message that was acknowledged is sent again."""
        if post.client_id not in self.waiting:
            self.world.counts["repeats"] += 1
            self._ask(post.client_id, {"type": "chat_message", "channel_id": post.channel, "content": post.content, **post.more}, post)

    def _extra(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self.extras.add(task)
        task.add_done_callback(self.extras.discard)

    async def _by_rest(self, post, times):
        """The same message by REST through other gateways, at once; whether that works or not, it stays one message."""
        self.world.counts["repeats by REST"] += times
        await asyncio.gather(*(self._rest(post, gateway) for gateway in self.rng.sample(self.world.gateways, times)))

    async def _rest(self, post, gateway):
        headers = {"Authorization": f"Bearer {self.person.token}", "Idempotency-Key": post.client_id}
        try:
            async with self.world.http.post(f"{gateway}/channels/{post.channel}/messages", headers=headers, timeout=aiohttp.ClientTimeout(15),
                                            json={"content": post.content, "client_id": post.client_id, **post.more}) as answer:
                body = await answer.json(content_type=None)
                if answer.status == 201:
                    self._acknowledged(post, body["id"], body["seq"])
                elif answer.status not in (429, 502, 503, 504):
                    self.world.complain(self.name, f"REST: {answer.status} {body}")
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as lost:
            self.world.counts[f"REST lost: {type(lost).__name__}"] += 1

    async def _join(self, channel):
        self.world.counts["joins"] += 1
        self.seen[channel] = []
        while self.wanted:
            try:
                async with self.world.http.post(f"{self.rng.choice(self.world.gateways)}/channels/{channel}/join", json={},
                                                headers={"Authorization": f"Bearer {self.person.token}"}, timeout=aiohttp.ClientTimeout(15)) as answer:
                    if answer.status == 200:
                        self.channels.append(channel)
                        return
                    if answer.status not in (429, 502, 503, 504):
                        self.world.complain(self.name, f"join: {answer.status} {await answer.text()}")
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as lost:
                self.world.counts[f"REST lost: {type(lost).__name__}"] += 1
            await asyncio.sleep(0.2)

    # ---- what they hear ----
    async def _read(self, ws):
        while True:
            while time.monotonic() < self.slow_until:
                await asyncio.sleep(min(0.2, self.slow_until - time.monotonic() + 0.001))
            try:
                text = await ws.recv()
            except websockets.ConnectionClosed:
                return
            self._hear(ws, self.world.frame(text))

    def _hear(self, ws, frame):
        kind = frame["type"]
        if kind == "ack":
            self._answered(frame)
        elif kind == "error":
            self._refused(ws, frame)
        elif kind == "gap":
            self.gaps.append(frame)
        elif kind == "notification":
            number = frame["notification"]["id"]
            if number in self.told:
                self.world.complain(self.name, f"notification {number} came twice")
            self.told.add(number)
        elif "seq" in frame and frame.get("channel_id") in self.seen and kind != "read_marker":
            self.seen[frame["channel_id"]].append(frame)
            self.position[frame["channel_id"]] = frame["seq"]

    def _answered(self, ack):
        request = self.waiting.pop(ack.get("client_id"), None)
        if ack["request"] == "chat_message":
            self._acknowledged(self.posts[ack["client_id"]], ack["message_id"], ack["seq"])
        elif request is None:
            return  # the answer to a first try, after that to the second
        elif ack["request"] in TOLD:
            self._marked(request.frame, ack)
        elif ack["request"] == "mark_read":
            self.marks_read[request.frame["channel_id"]].add(request.frame["seq"])
        elif ack["request"] == "edit_message":
            request.post.edited.add(request.frame["content"])
            request.post.busy = False
        elif ack["request"] == "delete_message":
            request.post.deleted, request.post.busy = True, False

    def _acknowledged(self, post, message_id, seq):
        if post.ack is None:
            post.ack = (message_id, seq)
            self.mine.append(post)
            if not post.more and len(self.world.roots[post.channel]) < ROOTS:
                post.is_root = True
                self.world.roots[post.channel].append(message_id)
            self.world.acknowledged.append((post.channel, post.sent, time.monotonic()))
        elif post.ack != (message_id, seq):
            self.world.complain(self.name, f"acknowledged twice, differently: {post.client_id} {post.ack} {(message_id, seq)}")

    def _refused(self, ws, error):
        if error["code"] in RETRY:
            self.world.counts[error["code"]] += 1
            request = self.waiting.get(error.get("client_id"))
            if request:
                self._extra(self._again(ws, request))
        else:
            self.world.complain(self.name, f"error {error}")
            request = self.waiting.pop(error.get("client_id"), None)
            if request and request.post:
                request.post.busy = False

    async def _again(self, ws, request):
        await asyncio.sleep(self.rng.uniform(0.1, 0.3))
        if self.waiting.get(request.frame["client_id"]) is request and ws is self.ws and not ws.closed:
            try:
                await self._give(ws, request)
            except websockets.ConnectionClosed:
                pass  # the next session repeats it

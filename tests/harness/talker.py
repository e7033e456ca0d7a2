"""A client that talks without pause and keeps a record: it sends with client_ids, repeats what was not acknowledged, comes back after every loss
of its socket with `resume`, and writes down each event of its channels. What it recorded is judged by checker.py."""

import asyncio
import collections
import itertools
import json
import secrets
import uuid

import websockets

from .socket import loop

RETRY = ("service.unavailable", "service.timeout", "rate.limited")
RECONNECT = (1001, 1006, 1012, 1013, 4401)


class Talker:
    """gateways: the addresses that it tries in turn. Runs on the background loop of harness.socket; the methods that tests
    call block. Everything that it saw stays in .sent (text → client_id), .acked (client_id → ack), .seen (channel → frames
    in the order of arrival, over all its sockets), .gaps, .errors (codes that told it to try again) and .faults (anything else)."""

    def __init__(self, person, channels, gateways, pause=0.01):
        self.person, self.channels, self.pause = person, channels, pause
        self.addresses = itertools.cycle(gateways)
        self.sent, self.acked = {}, {}
        self.seen = {channel: [] for channel in channels}
        self.position, self.start = {}, {}
        self.errors, self.faults, self.gaps = collections.Counter(), [], []
        self.connections = 0
        self.talking, self.wanted = True, True
        self.waiting = {}  # client_id → frame, sent and not acknowledged
        self.future = asyncio.run_coroutine_threadsafe(self._live(), loop())

    # ---- for tests ----
    def hush(self):
        """Says nothing new; what is not acknowledged is still repeated. On the talker's own thread: nothing is on its way unseen afterwards."""
        asyncio.run_coroutine_threadsafe(self._hush(), loop()).result(30)

    async def _hush(self):
        self.talking = False

    def quiet(self):
        return not self.waiting

    def end(self):
        self.wanted = False
        self.future.result(30)

    def head(self, channel):
        return self.position.get(channel, 0)

    # ---- life ----
    async def _live(self):
        while self.wanted:
            try:
                async with websockets.connect(next(self.addresses) + "/ws?resume=true", extra_headers={"Authorization": f"Bearer {self.person.token}"},
                                              open_timeout=10, close_timeout=2, ping_interval=None, max_size=8 << 20, compression=None) as ws:
                    self.connections += 1
                    await self._session(ws)
            except websockets.InvalidStatusCode as refused:
                self.errors[f"http {refused.status_code}"] += 1
                if refused.status_code not in (502, 503, 504):
                    self.faults.append(f"refused with {refused.status_code}")
            except (OSError, asyncio.TimeoutError, websockets.WebSocketException) as lost:
                self.errors[type(lost).__name__] += 1
            await asyncio.sleep(0.05)

    async def _session(self, ws):
        hello = json.loads(await ws.recv())
        if hello["type"] != "hello":
            self.faults.append(f"first frame {hello}")
        heads = {c["channel_id"]: c["head_seq"] for c in hello["channels"]}
        for channel in self.channels:
            # The first time: everything from now on.
            self.start.setdefault(channel, heads.get(channel, 0))
            self.position.setdefault(channel, self.start[channel])
        await ws.send(json.dumps({"type": "resume", "positions": {str(c): p for c, p in self.position.items()}}))
        reader = asyncio.ensure_future(self._read(ws))
        try:
            for frame in list(self.waiting.values()):
                await ws.send(json.dumps(frame))
            await self._talk(ws, reader)
        finally:
            reader.cancel()
        if ws.closed and ws.close_code not in RECONNECT and self.wanted:
            self.faults.append(f"closed with {ws.close_code} {ws.close_reason}")

    async def _talk(self, ws, reader):
        turn = itertools.count()
        while self.wanted and not reader.done():
            if self.talking and len(self.waiting) < 8:
                channel = self.channels[next(turn) % len(self.channels)]
                frame = {"type": "chat_message", "channel_id": channel, "client_id": str(uuid.uuid4()), "content": f"{self.person.id}-{secrets.token_hex(8)}"}
                self.sent[frame["content"]] = frame["client_id"]
                self.waiting[frame["client_id"]] = frame
                await ws.send(json.dumps(frame))
            await asyncio.sleep(self.pause)

    async def _read(self, ws):
        async for text in ws:
            frame = json.loads(text)
            kind = frame["type"]
            if kind == "ack" and frame.get("request", "chat_message") == "chat_message":
                self._acknowledged(frame)
            elif kind == "error":
                await self._refused(ws, frame)
            elif kind == "gap":
                self.gaps.append(frame)
            elif "seq" in frame and frame.get("channel_id") in self.seen and kind != "read_marker":
                self.seen[frame["channel_id"]].append(frame)
                self.position[frame["channel_id"]] = frame["seq"]

    def _acknowledged(self, ack):
        first = self.acked.setdefault(ack["client_id"], ack)
        if (first["message_id"], first["seq"]) != (ack["message_id"], ack["seq"]):
            self.faults.append(f"acknowledged twice, differently: {first} {ack}")
        self.waiting.pop(ack["client_id"], None)

    async def _refused(self, ws, error):
        if error["code"] not in RETRY:
            self.faults.append(f"error {error}")
            self.waiting.pop(error.get("client_id"), None)
            return
        self.errors[error["code"]] += 1
        frame = self.waiting.get(error.get("client_id"))
        if frame:
            asyncio.ensure_future(self._again(ws, frame))

    async def _again(self, ws, frame):
        await asyncio.sleep(0.1)
        if frame["client_id"] in self.waiting and not ws.closed:
            try:
                await ws.send(json.dumps(frame))
            except websockets.ConnectionClosed:
                pass  # the next session repeats it

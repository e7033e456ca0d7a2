"""A WebSocket client for tests: the `websockets` library on a background loop, with a plain blocking interface."""

import asyncio
import collections
import json
import threading
import time
import uuid

import websockets

from .until import PATIENCE

_loop = None
_lock = threading.Lock()


def loop():
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="websockets", daemon=True).start()
        return _loop


class Closed(AssertionError):
    """The server closed the socket: .code and .reason say why."""

    def __init__(self, code, reason):
        super().__init__(f"closed with {code} {reason}")
        self.code, self.reason = code, reason


class Socket:
    """Frames are kept in the order of arrival in .frames; expect() looks for the next of a type from where it last stood."""

    def __init__(self, url, headers=None, timeout=PATIENCE, **kwargs):
        self.timeout = timeout
        self.frames = []
        self._unread = collections.deque()
        self._changed = threading.Condition()
        self.closed = None
        kwargs.setdefault("max_size", 8 << 20)
        kwargs.setdefault("compression", None)
        async def connect():  # made inside the loop: it takes the loop of the thread that it is made in
            return await websockets.connect(url, extra_headers=headers or {}, open_timeout=timeout, ping_interval=None, **kwargs)
        self.ws = self._run(connect())
        self._reader = asyncio.run_coroutine_threadsafe(self._read(), loop())

    def _run(self, coroutine):
        async def wait():
            return await coroutine
        return asyncio.run_coroutine_threadsafe(wait(), loop()).result(self.timeout)

    async def _read(self):
        try:
            async for text in self.ws:
                frame = json.loads(text)
                with self._changed:
                    self.frames.append(frame)
                    self._unread.append(frame)
                    self._changed.notify_all()
        except websockets.ConnectionClosed:
            pass
        with self._changed:
            self.closed = Closed(self.ws.close_code, self.ws.close_reason)
            self._changed.notify_all()

    def send(self, frame):
        self._run(self.ws.send(frame if isinstance(frame, (str, bytes)) else json.dumps(frame)))

    def recv(self, timeout=None):
        """The next frame, whatever it is. Raises Closed when there is no more."""
        deadline = time.monotonic() + (timeout or self.timeout)
        with self._changed:
            while not self._unread:
                if self.closed:
                    raise self.closed
                if not self._changed.wait(max(0.0, deadline - time.monotonic())) and time.monotonic() >= deadline:
                    raise AssertionError(f"no frame; got so far: {self.frames[-8:]}")
            return self._unread.popleft()

    def expect(self, type, /, timeout=None, **fields):
        """The next frame of this type with these members; frames before it are passed over."""
        while True:
            frame = self.recv(timeout)
            if frame.get("type") == type and all(frame.get(k) == v for k, v in fields.items()):
                return frame

    def quiet(self, type, probe=True):
        """Asserts that no unread frame of this type has come by the time a ping is answered."""
        if probe:
            self.send({"type": "ping"})
            while True:
                frame = self.recv()
                assert frame.get("type") != type, frame
                if frame.get("type") == "pong":
                    return

    def say(self, channel, content, **fields):
        """Sends a message and waits for its acknowledgement."""
        client_id = fields.pop("client_id", None) or str(uuid.uuid4())
        channel_id = channel["id"] if isinstance(channel, dict) else channel
        self.send({"type": "chat_message", "channel_id": channel_id, "content": content, "client_id": client_id, **fields})
        return self.expect("ack", client_id=client_id)

    def expect_close(self, code, timeout=None):
        deadline = time.monotonic() + (timeout or self.timeout)
        with self._changed:
            while not self.closed:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())) and time.monotonic() >= deadline:
                    raise AssertionError(f"still open; expected close {code}; last frames {self.frames[-5:]}")
        assert self.closed.code == code, self.closed

    def close(self):
        try:
            self._run(self.ws.close())
        except Exception:
            pass

    def cut(self):
        """Ends the TCP connection without a closing handshake."""
        loop().call_soon_threadsafe(self.ws.transport.abort)  # wakes the loop, which may be asleep

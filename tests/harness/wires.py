"""The connections of the bus led through this process, where a test can cut or hold them. Bytes pass as they are, so it is all the same
whether they are TLS. A front listens only while its service can be reached: a dial is refused when it would be without us."""

import asyncio

from .suite import free_port


class Wires:
    """loop: the running asyncio loop that carries the bytes; all but through() are called on it."""

    def __init__(self, loop):
        self.loop = loop
        self.fronts = {}

    def through(self, name, address):
        """Leads the service `name`, which listens at `address`, through a front; gives the front's address. Any thread."""
        if address.startswith("ipc://"):
            folder, _, file = address[len("ipc://"):].rpartition("/")
            front = Front(name, ("unix", f"{folder}/{file}"), ("unix", f"{folder}/w-{file}"))
            dialed = f"ipc://{folder}/w-{file}"
        else:
            scheme, _, rest = address.partition("://")
            port = free_port()
            front = Front(name, ("tcp", int(rest.rpartition(":")[2])), ("tcp", port))
            dialed = f"{scheme}://localhost:{port}"
        self.fronts[name] = front
        front.task = asyncio.run_coroutine_threadsafe(front.serve(), self.loop)
        return dialed

    def cut(self, name, one=None):
        """Ends all connections to the service at once, or, with a random.Random, one of them. How many they were."""
        ends = [end for end in self.fronts[name].ends if end.back]
        if one and ends:
            ends = [one.choice(sorted(ends, key=id))]
        for end in ends:
            end.cut()
        return len(ends)

    async def hold(self, name, seconds):
        """Lets nothing pass to or from the service for a time, as a network that has lost its way does."""
        front = self.fronts[name]
        front.hold(True)
        await asyncio.sleep(seconds)
        front.hold(False)

    def close(self):
        for front in self.fronts.values():
            front.close()


class Front:
    def __init__(self, name, target, here):
        self.name, self.target, self.here = name, target, here
        self.ends = set()
        self.held = 0
        self.lost = asyncio.Event()
        self.server = self.task = None

    async def dial(self, factory):
        loop = asyncio.get_running_loop()
        kind, where = self.target
        if kind == "unix":
            return await loop.create_unix_connection(factory, where)
        return await loop.create_connection(factory, "localhost", where)

    async def _listen(self):
        loop = asyncio.get_running_loop()
        kind, where = self.here
        if kind == "unix":
            return await loop.create_unix_server(lambda: End(self), where)
        return await loop.create_server(lambda: End(self), "localhost", where)

    async def serve(self):
        while True:
            try:
                transport, _ = await self.dial(asyncio.Protocol)
                transport.abort()
            except OSError:
                await asyncio.sleep(0.03)
                continue
            self.lost.clear()
            self.server = await self._listen()
            await self.lost.wait()
            self.server.close()

    def hold(self, on):
        self.held += 1 if on else -1
        for end in list(self.ends):
            end.settle()

    def close(self):
        self.task.cancel()
        if self.server:
            self.server.close()
        for end in list(self.ends):
            end.cut()


class End(asyncio.Protocol):
    """One side of a connection; .back is the other, None until it is there."""

    def __init__(self, front, back=None):
        self.front, self.back = front, back
        self.transport = None
        self.early = b""  # what came before there was another side
        self.full = False  # of the other side's transport
        self.ended = False

    def connection_made(self, transport):
        self.transport = transport
        self.front.ends.add(self)
        if self.back:
            self.back.back = self
            transport.write(self.back.early)
            self.settle()
            self.back.settle()
        else:
            self.settle()
            asyncio.ensure_future(self._dial())

    async def _dial(self):
        try:
            await self.front.dial(lambda: End(self.front, self))
        except OSError:
            self.transport.abort()
            self.front.lost.set()
        if self.ended and self.back:
            self.back.transport.abort()

    def settle(self):
        """Reads when there is somewhere to put it and nothing is held."""
        if self.ended:
            return
        if self.back and not self.front.held and not self.full:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()

    def data_received(self, data):
        if self.back:
            self.back.transport.write(data)
        else:
            self.early += data

    def pause_writing(self):
        self.back.full = True
        self.back.settle()

    def resume_writing(self):
        self.back.full = False
        self.back.settle()

    def eof_received(self):
        return False

    def connection_lost(self, _):
        self.ended = True
        self.front.ends.discard(self)
        if self.back and not self.back.ended:
            self.back.transport.close()  # what came before the end still arrives

    def cut(self):
        for end in (self, self.back):
            if end and not end.ended:
                end.transport.abort()

"""The cable between a browser and the suite: pulled out, put back, or good for one direction only. Bytes pass as they are."""

import contextlib
import socket
import threading

CHUNK = 65536


class Cable:
    """Listens on a port of its own and leads to `target` (an http:// address). Whatever is read while it is deaf is thrown away."""

    def __init__(self, target):
        host, _, port = target.removeprefix("http://").rpartition(":")
        self.target = (host, int(port))
        self.lock = threading.Lock()
        self.ends, self.deaf, self.listener, self.port = set(), False, None, 0
        self.left = None
        self.mend()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def mend(self):
        self.deaf = False
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def deafen(self):
        """What the browser says arrives; what it is answered does not."""
        self.deaf = True

    def cut_after(self, count):
        """Cuts itself when the browser has sent that many bytes more."""
        self.left = count

    def cut(self):
        """All connections end, and new ones are refused."""
        with self.lock:
            with contextlib.suppress(OSError):
                self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            ends, self.ends = self.ends, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    close = cut

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                threading.Thread(target=self._connect, args=(listener, near), daemon=True).start()

    def _connect(self, listener, near):
        try:
            far = socket.create_connection(self.target)
        except OSError:
            near.close()
            return
        with self.lock:
            if listener is not self.listener or listener.fileno() < 0:
                near.close()
                far.close()
                return
            self.ends |= {near, far}
        back = threading.Thread(target=self._pump, args=(far, near, True), daemon=True)
        back.start()
        self._pump(near, far, False)
        back.join()
        with self.lock:
            self.ends -= {near, far}
        near.close()
        far.close()

    def _is_used_up(self, count):
        with self.lock:
            if self.left is None:
                return False
            self.left -= count
            if self.left > 0:
                return False
            self.left = None
            return True

    def _pump(self, source, sink, back):
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                if not (back and self.deaf):
                    sink.sendall(data)
                if not back and self._is_used_up(len(data)):
                    self.cut()
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

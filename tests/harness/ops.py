"""The operations port of a process, a unix socket. It is asked hundreds of times while a test waits: by http.client, which costs next to nothing."""

import http.client
import socket

SILENT = (OSError, http.client.HTTPException)  # what ask raises while nobody answers


class _Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("ops", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def ask(port, path, timeout=60):
    """The status and the text that GET path is answered with."""
    connection = _Connection(port, timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()

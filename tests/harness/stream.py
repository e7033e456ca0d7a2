"""Streams of Server-Sent Events, as a client reads them."""

import json
import queue
import threading

import httpx

from .trust import trust
from .until import PATIENCE


class Stream:
    """An SSE client: httpx reads lines on a thread; events come out of a queue as (id, event, data)."""

    def __init__(self, person, path, last=None):
        headers = {"Authorization": f"Bearer {person.token}", "Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.client = httpx.Client(timeout=60, verify=trust())
        self.response = self.client.send(self.client.build_request("GET", person.suite.base_for(path) + path, headers=headers), stream=True)
        self.events = queue.Queue()
        self.ended = threading.Event()
        if self.response.status_code == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        fields = {}
        try:
            for line in self.response.iter_lines():
                line = line.rstrip("\r\n")
                if line == "" and "data" in fields:
                    self.events.put((int(fields.get("id", 0)), fields.get("event"), json.loads(fields["data"])))
                if line == "":
                    fields = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(":")
                    fields[name] = value.lstrip(" ")
        except (httpx.HTTPError, httpx.StreamError):
            pass
        self.ended.set()

    def next(self):
        return self.events.get(timeout=PATIENCE)

    def close(self):
        self.client.close()


def open_stream(person, path, **kwargs):
    return person.suite.keep(Stream(person, path, **kwargs))

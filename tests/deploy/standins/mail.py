#!/usr/bin/python3
"""What the tests ask of Mailpit, of aiosmtpd: letters are taken at port 1025, and told of at port 8025 under the paths and names of Mailpit's API."""

import email
import email.policy
import http.server
import json
import sys
import urllib.request

from aiosmtpd.controller import Controller

letters = []


class Taker:
    async def handle_DATA(self, server, session, envelope):
        letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 taken"


def summary(number):
    return {"ID": str(number), "To": [{"Address": a.addr_spec} for a in letters[number]["To"].addresses], "Subject": letters[number]["Subject"]}


def answer(path):
    if path == "/readyz":
        return {}
    if path == "/api/v1/messages":
        return {"messages": [summary(number) for number in reversed(range(len(letters)))]}
    if path.startswith("/api/v1/message/"):
        number = int(path.rpartition("/")[2])
        return summary(number) | {"Text": letters[number].get_body(("plain",)).get_content()}
    return None


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = answer(self.path)
        body = json.dumps(found).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if sys.argv[1:] == ["readyz"]:
    urllib.request.urlopen("http://127.0.0.1:8025/readyz", timeout=5).close()
else:
    Controller(Taker(), hostname="0.0.0.0", port=1025).start()
    http.server.ThreadingHTTPServer(("0.0.0.0", 8025), Page).serve_forever()

"""What has to remain of an installation that is restored or taken down and up: messages in their order, a file, sign-ins, the signing keys."""

import os

from .until import until


class Remains:
    def __init__(self, suite):
        self.person = suite.org().admin
        self.content = os.urandom(200_000)
        self.file = self.person.upload(self.content)
        self.channel = self.person.channel()
        self.said = [self.person.send(self.channel, f"number {n}")["id"] for n in range(5)]

    def are_in(self, suite):
        """And the log goes on where it was."""
        person = suite.client()
        person.login(self.person.email, self.person.password)
        assert [m["id"] for m in person.history(self.channel)["items"] if m["id"] in self.said] in (self.said, self.said[::-1])
        assert person.get(self.file["file_url"]).content == self.content
        person.token = self.person.token  # the signing keys are the same
        told = person.send(self.channel, "it goes on")
        until(lambda: person.ok("GET", f"/channels/{self.channel['id']}")["head_seq"] == told["seq"], "the log to go on")

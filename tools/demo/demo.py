#!/usr/bin/python3
"""Fills an organisation with people, channels and some thousand messages through the public API, and prints sign-ins.

    demo.py ADDRESS [--messages N]

Uses what everyone may use: it registers, makes channels and posts, as fast as the rate limits allow. Running it again signs the same people in and
adds more messages."""
import argparse
import concurrent.futures
import http.client
import json
import pathlib
import random
import secrets
import sys
import time
import urllib.parse

DOMAIN = "demo.palique.example"
PEOPLE = [("ana", "Ana Ruiz"), ("luis", "Luis Ortega"), ("marta", "Marta Gil"), ("kofi", "Kofi Mensah"), ("yuki", "Yuki Tanaka"), ("olga", "Olga Petrova"),
          ("sam", "Sam Carter"), ("ines", "Inês Costa"), ("noor", "Noor Haddad"), ("pablo", "Pablo Vidal")]
CHANNELS = [("general", "Everything for everyone"), ("incidents", "What burns, and who puts it out"), ("releases", "What goes out, and when"),
            ("design", "Looks and words"), ("soporte", "Dudas de clientes"), ("random", "Coffee, cats and cables")]
LINES = ["Morning! The new build is on staging.", "¿Alguien puede mirar el *dashboard* de latencias?", "p99 is **12 ms** now, it was 30.",
         "Shipping at four unless someone objects.", "`SELECT count(*) FROM message` says we talk a lot.", "¡Buen trabajo, equipo!", "On it.",
         "Can we move the stand-up to 9:30?", "La factura de marzo está enviada.", "I broke the tests, fixing them.", "Who owns the printer?",
         "Root cause: a certificate that nobody renewed.", "Merged. Thanks for the review, @ana", "👀", "@luis the client called again", "Lunch?",
         "Restored from the backup, all checksums match.", "The draft is in the shared folder.", "Gracias, lo miro esta tarde.", "+1"]


class Person:
    """One signed-in person with a kept-alive connection. A 429 is waited for, as Retry-After says."""

    def __init__(self, address, password):
        self.address, self.password, self.token = address, password, None
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)

    def call(self, method, path, body=None, accept=()):
        while True:
            headers = {"Content-Type": "application/json"}
            if self.token:
                headers["Authorization"] = f"Bearer {self.token}"
            self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.status in (429, 503):
                time.sleep(float(answer.headers.get("Retry-After") or 1))
                continue
            if answer.status >= 400 and answer.status not in accept:
                sys.exit(f"{method} {path}: {answer.status} {text.decode()}")
            return answer.status, json.loads(text) if text else None

    def sign_in(self, username, display_name):
        email = f"{username}@{DOMAIN}"
        status, answer = self.call("POST", "/auth/register", accept=(403, 409), body={
            "email": email, "username": username, "display_name": display_name, "password": self.password, "organization": "Palique Demo"})
        if status >= 400:
            status, answer = self.call("POST", "/auth/login", {"email": email, "password": self.password}, accept=(401,))
        if status >= 400:
            sys.exit("these people exist with another password: give it with --password-file")
        self.token = answer["access_token"]
        return self


def channels_of(admin):
    _, page = admin.call("GET", "/channels/?limit=200")
    known = {channel["name"]: channel["id"] for channel in page["items"]}
    for name, description in CHANNELS:
        if name not in known:
            known[name] = admin.call("POST", "/channels/", {"name": name, "description": description})[1]["id"]
    return [known[name] for name, _ in CHANNELS]


def talk(person, channels, count, seed):
    chance = random.Random(seed)
    for channel in channels:
        person.call("POST", f"/channels/{channel}/join", {})
    last = {}
    for _ in range(count):
        channel = chance.choices(channels, weights=range(len(channels) + 2, 2, -1))[0]
        body = {"content": chance.choice(LINES)}
        if channel in last and chance.random() < 0.1:
            body["reply_to_id"] = last[channel]
        last[channel] = person.call("POST", f"/channels/{channel}/messages", body)[1]["id"]
    return count


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("address")
    arguments.add_argument("--messages", type=int, default=2000)
    arguments.add_argument("--password-file", type=pathlib.Path, help="what all of them sign in with; without it a new one is made")
    given = arguments.parse_args()
    password = given.password_file.read_text().strip() if given.password_file else f"demo-{secrets.token_hex(5)}"
    address = urllib.parse.urlsplit(given.address)
    people = [Person(address, password).sign_in(*person) for person in PEOPLE]
    channels = channels_of(people[0])
    share = given.messages // len(people)
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
        sent = sum(pool.map(lambda n: talk(people[n], channels, share, n), range(len(people))))
    print(f"{len(people)} people, {len(channels)} channels, {sent} messages in {time.monotonic() - began:.0f} s\n\nSign in at {given.address}/ with the password {password}")
    for username, name in PEOPLE:
        print(f"  {username + chr(64) + DOMAIN:<32} {name}")


main()

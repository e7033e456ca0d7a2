"""An organisation as one would meet it, for pictures: people, channels, a discussion, files, unread messages."""

import io

from PIL import Image, ImageDraw

PEOPLE = {"ana": "Ana Ruiz", "dev": "Dev Patel", "lucia": "Lucía Ferrer", "finn": "Finn Odell", "gia": "Gia Moro", "bo": "Bo Lindqvist", "kofi": "Kofi Mensah"}
CHANNELS = {"incidents": "Live incidents only. Runbooks pinned.", "design": "Looks and words", "general": "Everything for everyone", "releases": "What goes out, and when",
            "soporte": "Dudas de clientes", "random": "Coffee, cats and cables"}
CODE = "I suspect the presence flush. With 12k sockets the timer fires once per peer instead of once per batch:\n```c\n/* flush one batch, not one peer */\nif (o->n >= MAX || now - o->t0 > 8)\n    flush(o);\n```"
SAID = [("kofi", "general", "Morning! The new build is on staging."), ("gia", "general", "¿Alguien puede mirar el *dashboard* de latencias?"),
        ("bo", "general", "p99 is **12 ms** now, it was 30."), ("dev", "releases", "Shipping 2.4 at four unless someone objects."),
        ("finn", "releases", "Merged. Thanks for the review, @ana"), ("gia", "design", "The draft of the empty states is in the shared folder."),
        ("kofi", "random", "Who owns the printer?"), ("lucia", "soporte", "La factura de marzo está enviada.")]


def chart():
    """Latency over an afternoon, as a picture."""
    picture = Image.new("RGB", (960, 420), "#fbfdfc")
    draw = ImageDraw.Draw(picture)
    for y in range(60, 420, 60):
        draw.line((40, y, 930, y), fill="#dfe8e5", width=1)
    points = [(40 + n * 18, 300 - (160 if 18 <= n <= 26 else 0) - (n * 37 % 23)) for n in range(50)]
    draw.polygon([(40, 380), *points, (points[-1][0], 380)], fill="#d7ebe7")
    draw.line(points, fill="#0a5f5f", width=4, joint="curve")
    return png(picture)


def face(hue):
    picture = Image.new("RGB", (256, 256), f"hsl({hue}, 45%, 72%)")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((68, 44, 188, 164), fill=f"hsl({hue}, 40%, 40%)")
    draw.ellipse((28, 176, 228, 376), fill=f"hsl({hue}, 40%, 40%)")
    return png(picture)


def png(picture):
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


class Aurora:
    """people and channels by name; what they say stands in the database."""

    def __init__(self, suite):
        domain = "aurora.example"
        self.people = {name: suite.client().register(username=name, display_name=shown, domain=domain, organization="Aurora") for name, shown in PEOPLE.items()}
        ana = self.ana = self.people["ana"]
        self.channels = {name: ana.channel(name, topic=topic) for name, topic in CHANNELS.items()}
        self.channels["moderation"] = ana.channel("moderation", type="private")
        for name, channel in self.channels.items():
            for person in list(self.people.values())[1:]:
                if name != "moderation":
                    person.join(channel)
        for name, hue in (("lucia", 20), ("kofi", 150), ("gia", 320)):
            person = self.people[name]
            person.call("PUT", f"/users/{person.id}/avatar", content=face(hue), headers={"Content-Type": "image/png"})
        self.channels["library"] = self.people["dev"].channel("library", topic="Read before you ask")
        self.people["dev"].send(self.channels["library"], "Start with the manual of the gateway.")
        self.channels["launch"] = ana.channel("launch", topic="Version 1")
        ana.send(self.channels["launch"], "That was it.")
        ana.ok("PUT", f"/channels/{self.channels['launch']['id']}", json={"is_archived": True})
        self.people["newcomer"] = suite.client().register(username="noor", display_name="Noor", domain="borealis.example", organization="Borealis")
        for name, channel, text in SAID:
            self.people[name].send(self.channels[channel], text)
        self._incident()
        self._own_things()
        gone = self.people["kofi"].send(self.channels["random"], "Never mind")
        self.people["kofi"].ok("DELETE", f"/messages/{gone['id']}")

    def tidy(self):
        """Nothing of what the last picture left half written."""
        self.ana.ok("DELETE", f"/drafts/{self.channels['incidents']['id']}")

    def _incident(self):
        place, say = self.channels["incidents"], self._say
        say("bo", "Sockets on gateway-2 drop every few minutes since the deploy at noon.")
        self.picture = self._with_file("lucia", "Latency of the afternoon:", "latency.png", chart(), "image/png")
        self.root = say("dev", CODE)
        for name, text in (("finn", "Confirmed on staging: 12,040 wake-ups per flush, should be 47."), ("dev", "Fix is one line."), ("gia", "Can we get a test that counts wake-ups?"), ("ana", "I will write one.")):
            self.people[name].send(place, text, thread_id=self.root["id"])
        for name in ("ana", "finn", "gia"):
            self.people[name].ok("PUT", f"/messages/{self.root['id']}/reactions/%F0%9F%91%80")
        self.edited = say("ana", "On it. See #releases and **roll back** with `svcctl rollback gateway`.")
        self.ana.ok("PUT", f"/messages/{self.edited['id']}", json={"content": "On it. See #releases, then **roll back** with `svcctl rollback gateway`."})
        self.ana.ok("PUT", f"/messages/{self.edited['id']}/pin")
        say("lucia", "@ana can you confirm the rollback window? We have **20 minutes** before the stand-up.")
        say("lucia", "I have told the customers.")

    def _own_things(self):
        ana = self.ana
        ana.ok("PUT", f"/messages/{self.root['id']}/saved")
        section = ana.ok("POST", "/sections", json={"name": "Customers"})["sections"][0]["id"]
        ana.ok("PUT", f"/sections/{section}/channels/{self.channels['soporte']['id']}")
        ana.ok("PUT", f"/channels/{self.channels['incidents']['id']}/favorite")
        ana.ok("POST", "/groups", json={"name": "Backend", "handle": "backend", "user_ids": [self.people[n].id for n in ("dev", "finn", "ana")]})
        ana.ok("PUT", f"/drafts/{self.channels['releases']['id']}", json={"content": "Notes of 2.4: presence in batches, search twice as fast"})
        self.people["lucia"].ok("POST", "/messages", json={"to": ana.id, "content": "Lunch at two?"})

    def _say(self, name, text):
        return self.people[name].send(self.channels["incidents"], text)

    def _with_file(self, name, text, file, data, mime):
        person = self.people[name]
        stored = person.ok("POST", "/files", files={"file": (file, data, mime)})
        return person.send(self.channels["incidents"], text, attachment_ids=[stored["id"]])

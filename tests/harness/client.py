"""A person with an HTTP client (httpx): register, sign in, call the API."""

import itertools
import secrets
import uuid

import httpx

from .socket import Socket
from .trust import trust
from .until import until

PASSWORD = "correct-horse-battery-7"
_numbers = itertools.count(1)


class Problem(AssertionError):
    """An answer that was not expected."""


class Client:
    def __init__(self, suite, gateway=0):
        self.suite = suite
        self.gateway = gateway
        self.http = httpx.Client(base_url=suite.url(gateway), timeout=60, verify=trust())
        self.token = self.refresh_token = self.user = None

    # ---- plain calls: the response as it is ----
    def call(self, method, path, json=None, headers=None, token=True, **kwargs):
        headers = dict(headers or {})
        if token and self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        base = self.suite.base_for(path, self.gateway)
        return self.http.request(method, base + path, json=json, headers=headers, **kwargs)

    def get(self, path, **kwargs):
        return self.call("GET", path, **kwargs)

    def post(self, path, json=None, **kwargs):
        return self.call("POST", path, json=json if json is not None else {}, **kwargs)

    def put(self, path, json=None, **kwargs):
        return self.call("PUT", path, json=json, **kwargs)

    def delete(self, path, **kwargs):
        return self.call("DELETE", path, **kwargs)

    # ---- calls that must succeed: the JSON ----
    def ok(self, method, path, json=None, status=None, **kwargs):
        answer = self.call(method, path, json=json, **kwargs)
        if (status and answer.status_code != status) or answer.status_code >= 400:
            raise Problem(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    # ---- calls that must fail: checks status and code, gives the problem document ----
    def refused(self, status, code, method, path, json=None, **kwargs):
        answer = self.call(method, path, json=json, **kwargs)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"].startswith("application/problem+json"), answer.headers
        problem = answer.json()
        assert problem["code"] == code, problem
        assert problem["status"] == status and problem["request_id"], problem
        return problem

    # ---- what people do ----
    def register(self, **fields):
        n = next(_numbers)
        tag = secrets.token_hex(4)
        body = {"email": f"p{n}-{tag}@{fields.pop('domain', f'{tag}.example')}", "username": f"p{n}{tag}", "password": PASSWORD, **fields}
        self.email, self.password = body["email"], body["password"]
        answer = self.call("POST", "/auth/register", json=body, token=False)
        if answer.status_code == 504:  # under load: it was not told in time, and is done all the same
            return until(self._try_login, f"{self.email} to be registered")
        if answer.status_code >= 400:
            raise Problem(f"POST /auth/register: {answer.status_code} {answer.text}")
        self._signed_in(answer.json())
        return self

    def _try_login(self):
        answer = self.call("POST", "/auth/login", json={"email": self.email, "password": self.password}, token=False)
        if answer.status_code == 200:
            self._signed_in(answer.json())
            return self
        return None

    def login(self, email=None, password=None):
        self._signed_in(self.ok("POST", "/auth/login", token=False,
                                json={"email": email or self.email, "password": password or self.password}))
        return self

    def _signed_in(self, answer):
        self.token, self.refresh_token, self.user = answer["access_token"], answer["refresh_token"], answer["user"]

    @property
    def id(self):
        return self.user["id"]

    def channel(self, name=None, **fields):
        return self.ok("POST", "/channels/", json={"name": name or f"c-{secrets.token_hex(5)}", **fields})

    def join(self, channel):
        return self.ok("POST", f"/channels/{_id(channel)}/join", json={})

    def send(self, channel, content, **fields):
        return self.ok("POST", f"/channels/{_id(channel)}/messages",
                       json={"content": content, "client_id": str(uuid.uuid4()), **fields})

    def upload(self, content, filename="a.bin", media_type="application/octet-stream"):
        return self.ok("POST", "/files", status=201, params={"filename": filename}, content=content, headers={"Content-Type": media_type})

    def history(self, channel, **params):
        return self.ok("GET", f"/channels/{_id(channel)}/messages", params=params)

    def ws(self, path="/ws", gateway=None, **kwargs):
        """Opens a WebSocket with this person's token; path may carry a query."""
        url = self.suite.ws_url(self.gateway if gateway is None else gateway) + path
        headers = kwargs.pop("headers", None) or {}
        if kwargs.pop("token", True):
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.suite.keep(Socket(url, headers=headers, **kwargs))

    def close(self):
        self.http.close()


class Org:
    """An organisation of a test's own: an administrator, and as many members as asked for."""

    def __init__(self, suite):
        self.suite = suite
        self.domain = f"{secrets.token_hex(6)}.example"
        self.admin = suite.client().register(domain=self.domain, organization=f"Org {self.domain}")

    @property
    def id(self):
        return self.admin.user["organization_id"]

    def member(self, **fields):
        return self.suite.client().register(domain=self.domain, **fields)

    def moderator(self):
        person = self.member()
        self.admin.ok("PUT", f"/users/{person.id}", json={"role": "moderator"})
        person.login()
        return person


def _id(thing):
    return thing["id"] if isinstance(thing, dict) else thing

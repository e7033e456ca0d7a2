"""The front as honest clients see it (lib/http), on http_echo: cookies, caching, streams, upgrades, cross-origin rules."""

import base64
import socket

import httpx
import pytest

from harness import until
from conftest import PAGES
from wire import Reader, connect


@pytest.fixture
def http(echo):
    with httpx.Client(base_url=f"http://{echo.target}", timeout=60) as client:
        yield client


@pytest.fixture
def signed(echo):
    with httpx.Client(base_url=f"http://{echo.target}", timeout=60, headers={"Authorization": f"Bearer {echo.token}"}) as client:
        yield client


def problem(response, status, code):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["code"] == code and body["status"] == status
    assert body["request_id"] == response.headers["x-request-id"]
    return body


# ---- commands ----

def test_path_query_and_body_become_one_object(signed):
    answer = signed.put("/channels/5", json={"name": "general"})
    assert answer.json()["request"] == {"name": "general", "channel_id": 5}
    assert answer.json()["user"] == 7
    assert signed.get("/channels/5/messages?limit=3").json()["request"]["limit"] == 3


def test_a_field_of_the_path_may_be_in_the_body_too_if_it_says_the_same(signed):
    assert signed.put("/channels/5", json={"name": "general", "channel_id": 5}).status_code == 200
    body = problem(signed.put("/channels/5", json={"name": "general", "channel_id": 6}), 400, "request.invalid")
    assert body["errors"][0]["pointer"] == "/channel_id"


def test_unknown_parameters_are_named(signed):
    body = problem(signed.get("/channels/?nonsense=1"), 400, "request.invalid")
    assert body["errors"][0]["pointer"] == "/nonsense"


def test_ids_out_of_range_are_refused(signed):
    for bad in ("0", "-1", "9007199254740992", "9223372036854775808", "1e3", "0x1", "%20" "1", "abc"):
        assert signed.get(f"/channels/{bad}").status_code == 400, bad


def test_tokens_are_needed_and_the_query_is_no_place_for_them(http, echo):
    answer = http.get("/channels/")
    problem(answer, 401, "token.missing")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    problem(http.get("/channels/", headers={"Authorization": "Bearer nonsense"}), 401, "token.invalid")
    problem(http.get(f"/channels/?token={echo.token}"), 401, "token.missing")
    assert http.get("/channels/", headers={"Cookie": f"palique_token={echo.token}"}).status_code == 200


def test_a_cookie_from_another_site_changes_nothing(http, echo):
    cookie = {"Cookie": f"palique_token={echo.token}"}
    body = {"name": "general"}
    problem(http.put("/channels/5", json=body, headers=cookie | {"Origin": "https://evil.example"}), 403, "origin.denied")
    assert http.put("/channels/5", json=body, headers=cookie | {"Origin": f"http://{echo.target}"}).status_code == 200
    assert http.put("/channels/5", json=body, headers=cookie | {"Origin": "https://chat.example"}).status_code == 200


def test_the_refresh_token_travels_as_a_cookie_of_auth_only(http):
    answer = http.post("/auth/refresh", headers={"Cookie": "palique_refresh=from-cookie"})
    assert answer.json()["request"] == {"refresh_token": "from-cookie"}
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("palique_refresh=next-token;")
    assert all(part in cookie for part in ("Path=/auth", "HttpOnly", "SameSite=Strict"))
    answer = http.post("/auth/refresh", json={"refresh_token": "from-body"}, headers={"Cookie": "palique_refresh=from-cookie"})
    assert answer.json()["request"] == {"refresh_token": "from-body"}
    problem(http.post("/auth/refresh", headers={"Cookie": "palique_refresh=x", "Origin": "https://evil.example"}), 403, "origin.denied")


def test_raw_bodies_travel_in_base64(signed):
    image = bytes(range(256)) * 10
    answer = signed.put("/users/7/avatar", content=image, headers={"Content-Type": "image/png"})
    request = answer.json()["request"]
    assert base64.b64decode(request["image"]) == image and request["content_type"] == "image/png"
    problem(signed.put("/users/7/avatar", content=b"x" * 10_000_000, headers={"Content-Type": "image/png"}), 413, "request.too_large")


def test_raw_answers_come_as_bytes_and_once(signed):
    answer = signed.get("/users/7/avatar")
    assert answer.content == b"\x89PNG\r\n\x1a\n" and answer.headers["content-type"] == "image/png"
    assert "sandbox" in answer.headers["content-security-policy"]
    again = signed.get("/users/7/avatar", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


def test_idempotency_keys_are_bounded(signed):
    def send(key):
        return signed.post("/channels/", json={"name": "general"}, headers={"Idempotency-Key": key})

    assert send("k" * 200).status_code == 201
    problem(send("k" * 201), 400, "request.invalid")


def test_answers_tell_their_limits_and_trace(signed):
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = signed.get("/channels/", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.headers["x-request-id"] == trace
    assert int(answer.headers["x-ratelimit-limit"]) > int(answer.headers["x-ratelimit-remaining"]) > 0
    assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
    for bad in ("00-" + "0" * 32 + "-b7ad6b7169203331-01", "junk", f"ff-{trace}-b7ad6b7169203331-01"):
        assert signed.get("/channels/", headers={"traceparent": bad}).headers["x-request-id"] not in (trace, "0" * 32)


def test_cross_origin_headers_are_for_allowed_origins(http):
    allowed = http.options("/channels/", headers={"Origin": "https://chat.example", "Access-Control-Request-Method": "POST"})
    assert allowed.status_code == 204 and allowed.headers["access-control-allow-origin"] == "https://chat.example"
    assert "POST" in allowed.headers["access-control-allow-methods"] and "GET" in allowed.headers["allow"]
    other = http.options("/channels/", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
    assert "access-control-allow-origin" not in other.headers and "access-control-allow-methods" not in other.headers


# ---- special routes ----

def test_parameters_of_paths_are_decoded(http):
    assert http.get("/echo/param/a%20b%C3%A9").text == "a bé"


def test_the_address_is_read_from_the_right_end(http):
    def address(*lines):
        return http.get("/echo/address", headers=[("X-Forwarded-For", line) for line in lines]).text

    mapped = "0" * 20 + "ffff"
    assert address() == mapped + "7f000001"
    assert address("203.0.113.9") == mapped + "cb007109"
    assert address("198.51.100.1, 203.0.113.9") == mapped + "cb007109"
    assert address("198.51.100.1, 203.0.113.9, 127.0.0.5") == mapped + "cb007109"
    assert address("198.51.100.1", "203.0.113.9") == mapped + "cb007109"
    assert address("2001:db8::1") == "20010db8" + "0" * 23 + "1"
    assert address("nonsense, 127.0.0.9") == mapped + "7f000009"


def test_late_answers_and_languages(http, echo):
    assert http.get("/echo/slow").text == "late"
    assert http.get("/echo/whoami", params={"token": echo.token}, headers={"Accept-Language": "es-CO,en;q=0.5"}).text == "7 es"
    problem(http.get("/echo/whoami"), 401, "token.missing")


def test_a_stream_brings_its_events_and_ends(http):
    answer = http.get("/echo/events", headers={"Accept": "text/event-stream"})
    assert answer.headers["content-type"] == "text/event-stream" and answer.headers["x-accel-buffering"] == "no"
    assert answer.text == ": hello\n\n" + "data: tick\n\n" * 5
    assert http.get("/echo/events").status_code == 404  # `when` did not take it
    assert http.head("/echo/endless").status_code == 200


def test_a_stream_takes_a_mebibyte_and_no_more(http):
    assert len(http.get("/echo/flood").content) == 1 << 20


def test_owners_hear_of_clients_that_left(http, echo):
    def gone():
        return int(http.get("/echo/gone").text)

    before = gone()
    with connect(echo.target) as sock:
        sock.sendall(b"GET /echo/endless HTTP/1.1\r\nHost: a\r\n\r\n")
        assert sock.recv(100).startswith(b"HTTP/1.1 200")
    until(lambda: gone() == before + 1, "the stream's end")
    with connect(echo.target) as sock:
        sock.sendall(b"GET /echo/never HTTP/1.1\r\nHost: a\r\n\r\n")
        until(lambda: http.get("/echo/slow").status_code == 200, "an answer behind it")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # a reset
    until(lambda: gone() == before + 2, "the request's end")


def test_an_answer_to_a_client_that_left_hurts_nobody(http, echo):
    for _ in range(20):
        with connect(echo.target) as sock:
            sock.sendall(b"GET /echo/forgetful HTTP/1.1\r\nHost: a\r\n\r\n")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    assert http.get("/echo/slow").text == "late"


HANDSHAKE = {"Connection": "keep-alive, Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def upgrade(echo, method="GET", early=b"", **changed):
    headers = {k: v for k, v in (HANDSHAKE | {k.replace("_", "-"): v for k, v in changed.items()}).items() if v is not None}
    lines = "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    sock = connect(echo.target)
    sock.sendall(f"{method} /echo/ws HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode() + early)
    reader = Reader(sock)
    return reader.answer(), reader


def test_the_handshake_of_rfc_6455_and_bytes_that_came_early(echo):
    (status, headers, _), reader = upgrade(echo, early=b"early")
    assert status == 101 and headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    reader.closed()
    assert reader.buffer == b"early!"


def test_wrong_handshakes_are_answered(echo):
    assert upgrade(echo, Sec_WebSocket_Version="8")[0][:2][0] == 426
    assert upgrade(echo, Upgrade=None)[0][0] == 426
    assert upgrade(echo, Connection="keep-alive")[0][0] == 426
    assert upgrade(echo, Sec_WebSocket_Key=None)[0][0] == 400
    assert upgrade(echo, Sec_WebSocket_Key="c2hvcnQ=")[0][0] == 400
    assert upgrade(echo, method="POST")[0][0] == 405


# ---- files ----

def test_files_have_tags_twins_and_a_policy(http):
    plain = http.get("/static/index.html", headers={"Accept-Encoding": "identity"})
    assert plain.status_code == 200 and plain.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in plain.headers["content-security-policy"] and "unsafe" not in plain.headers["content-security-policy"]
    zipped = http.get("/static/index.html")
    assert zipped.headers["content-encoding"] == "gzip" and zipped.content == plain.content
    assert http.get("/static/index.html", headers={"If-None-Match": zipped.headers["etag"]}).status_code == 304
    assert http.head("/static/index.html").headers["content-length"]
    problem(http.get("/static/none"), 404, "request.not_found")


def raw(http, path, coding, **headers):
    """The answer, and its body as it came over the wire."""
    with http.stream("GET", path, headers={"Accept-Encoding": coding, **headers}) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize(("asked", "coding"), [
    ("br, gzip", "br"), ("gzip, deflate, br, zstd", "br"), ("br;q=0.1, gzip", "br"), ("gzip", "gzip"), ("GZIP", "gzip"), ("br;q=0, gzip", "gzip"),
    ("br;q=0, gzip;q=0", None), ("deflate, zstd", None), ("", None), ("xbr", None)])
def test_the_twin_that_the_client_takes_is_sent(http, asked, coding):
    answer, body = raw(http, "/static/assets/app-1a2b.js", asked)
    name = {"br": ".br", "gzip": ".gz", None: ""}[coding]
    assert answer.status_code == 200 and body == PAGES[f"assets/app-1a2b.js{name}"]
    assert answer.headers.get("content-encoding") == coding and answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_each_form_has_a_tag_of_its_own(http):
    path = "/static/assets/app-1a2b.js"
    tags = {coding: raw(http, path, coding)[0].headers["etag"] for coding in ("br", "gzip", "identity")}
    assert len(set(tags.values())) == 3
    for coding, tag in tags.items():
        assert raw(http, path, coding, **{"If-None-Match": tag})[0].status_code == 304
        assert raw(http, path, coding, **{"If-None-Match": f'"x", W/{tag}'})[0].status_code == 304
    assert raw(http, path, "br", **{"If-None-Match": tags["gzip"]})[0].status_code == 200


def test_twins_are_no_files_of_their_own(http):
    problem(http.get("/static/assets/app-1a2b.js.br"), 404, "request.not_found")
    problem(http.get("/static/assets/app-1a2b.js.gz"), 404, "request.not_found")
    assert http.get("/static/lonely.gz").content == PAGES["lonely.gz"]

"""Requests that no honest client sends, as data: (name, bytes, what must come of it).

REFUSED   one answer of 4xx, then the connection is closed
CLOSED    at most one answer of 4xx or 5xx, then the connection is closed
SILENT    nothing: the request has not ended yet, and time-outs take care of it
LIBRARY   as REFUSED, but libmicrohttpd answers by itself, and 0.9.75 says the head of that answer twice
answered  exactly these answers, in order, and the connection is still open
A request for /smuggled stands behind many of them: an answer to it is a second answer, and that fails."""

REFUSED, CLOSED, SILENT, LIBRARY = "refused", "closed", "silent", "library"
CRLF = b"\r\n"
HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"
BODY = b'{"email":"ana@empresa.com","password":"wrong password"}'
SMUGGLED = b"GET /smuggled HTTP/1.1\r\n" + HOST + CRLF
OPEN = b"/.well-known/jwks.json"  # answers everyone


def answered(*statuses):
    return tuple(statuses)


def get(path=OPEN, headers=HOST, version=b"HTTP/1.1", method=b"GET"):
    return method + b" " + path + b" " + version + CRLF + headers + CRLF


def post(headers, body=b"", path=b"/auth/login"):
    return b"POST " + path + b" HTTP/1.1" + CRLF + headers + CRLF + body


def length(n):
    return b"Content-Length: " + (n if isinstance(n, bytes) else str(n).encode()) + CRLF


def chunk(data):
    return f"{len(data):x}".encode() + CRLF + data + CRLF


CHUNKED = b"Transfer-Encoding: chunked\r\n"
GOOD = HOST + JSON

FRAMING = [
    ("length and chunked", post(GOOD + length(len(chunk(BODY)) + 5) + CHUNKED, chunk(BODY) + b"0\r\n\r\n") + SMUGGLED, REFUSED),
    ("chunked and length", post(GOOD + CHUNKED + length(4), b"0\r\n\r\n" + SMUGGLED), REFUSED),
    ("length 0 and chunked", post(GOOD + length(0) + CHUNKED, b"0\r\n\r\n" + SMUGGLED), REFUSED),
    ("two different lengths", post(GOOD + length(len(BODY)) + length(0), BODY + SMUGGLED), REFUSED),
    ("two equal lengths", post(GOOD + length(len(BODY)) * 2, BODY) + SMUGGLED, REFUSED),
    ("a list of lengths", post(GOOD + length(b"55, 55"), BODY), LIBRARY),
    ("length with a plus", post(GOOD + length(b"+55"), BODY), LIBRARY),
    ("length with a minus", post(GOOD + length(b"-1"), BODY), LIBRARY),
    ("length in hexadecimal", post(GOOD + length(b"0x37"), BODY), LIBRARY),
    ("length with a letter behind", post(GOOD + length(b"55a"), BODY), LIBRARY),
    ("length with a space inside", post(GOOD + length(b"5 5"), BODY), LIBRARY),
    ("length empty", post(GOOD + b"Content-Length:\r\n", BODY), LIBRARY),
    ("length over 64 bits", post(GOOD + length(b"18446744073709551617"), BODY), LIBRARY),
    ("length of 2^63", post(GOOD + length(b"9223372036854775808"), BODY), REFUSED),
    ("length over the limit", post(GOOD + length(10_000_000)), REFUSED),
    ("length over the limit with Expect", post(GOOD + b"Expect: 100-continue\r\n" + length(10_000_000)), REFUSED),
    ("unknown expectation", post(GOOD + b"Expect: 200-ok\r\n" + length(len(BODY)), BODY), REFUSED),
    ("encoding gzip, chunked", post(GOOD + b"Transfer-Encoding: gzip, chunked\r\n", chunk(BODY) + b"0\r\n\r\n") + SMUGGLED, REFUSED),
    ("encoding identity", post(GOOD + b"Transfer-Encoding: identity\r\n" + length(3), b"0\r\n" + SMUGGLED), REFUSED),
    ("encoding unknown", post(GOOD + b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + SMUGGLED), REFUSED),
    ("encoding chunked twice in one line", post(GOOD + b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n" + SMUGGLED), REFUSED),
    ("encoding in two lines", post(GOOD + CHUNKED + CHUNKED, b"0\r\n\r\n" + SMUGGLED), REFUSED),
    ("encoding chunked and then identity", post(GOOD + CHUNKED + b"Transfer-Encoding: identity\r\n", b"0\r\n\r\n" + SMUGGLED), REFUSED),
    ("encoding with a vertical tab", post(GOOD + b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n" + SMUGGLED), REFUSED),
    ("encoding in quotes", post(GOOD + b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n" + SMUGGLED), REFUSED),
    ("encoding behind a folded line", post(GOOD + b"Transfer-Encoding:\r\n x\r\n", b"0\r\n\r\n" + SMUGGLED), CLOSED),
    ("a space before the colon of the encoding", post(GOOD + b"Transfer-Encoding : chunked\r\n" + length(5), b"0\r\n\r\n" + SMUGGLED), CLOSED),
    ("a space before the colon of the length", post(GOOD + b"Content-Length : 3\r\n", b"abc" + SMUGGLED), CLOSED),
    ("encoding on HTTP/1.0", b"POST /auth/login HTTP/1.0\r\n" + GOOD + CHUNKED + CRLF + b"0\r\n\r\n" + SMUGGLED, REFUSED),
    ("body on GET", get(headers=GOOD + length(len(BODY))) + BODY + SMUGGLED, REFUSED),
    ("chunked body on GET", get(headers=GOOD + CHUNKED) + chunk(BODY) + b"0\r\n\r\n" + SMUGGLED, REFUSED),
    ("content coding", post(GOOD + b"Content-Encoding: gzip\r\n" + length(len(BODY)), BODY), REFUSED),
]

CHUNKS = [
    ("chunk size not hexadecimal", post(GOOD + CHUNKED, b"xyz\r\nabc\r\n0\r\n\r\n" + SMUGGLED), CLOSED),
    ("chunk size negative", post(GOOD + CHUNKED, b"-1\r\nabc\r\n0\r\n\r\n" + SMUGGLED), CLOSED),
    ("chunk size of 0x prefix", post(GOOD + CHUNKED, b"0x3\r\nabc\r\n0\r\n\r\n" + SMUGGLED), CLOSED),
    ("chunk size over 64 bits", post(GOOD + CHUNKED, b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n" + SMUGGLED), CLOSED),
    ("chunk size of 2^64-1", post(GOOD + CHUNKED, b"ffffffffffffffff\r\nabc\r\n0\r\n\r\n" + SMUGGLED), SILENT),
    ("chunk longer than its size", post(GOOD + CHUNKED, b"3\r\nabcdef\r\n0\r\n\r\n" + SMUGGLED), CLOSED),
    ("chunk size missing", post(GOOD + CHUNKED, b"\r\nabc\r\n0\r\n\r\n" + SMUGGLED), CLOSED),
    ("chunk size line endless", post(GOOD + CHUNKED, b"1" + b";x=y" * 20000), CLOSED),
    ("chunks over the limit", post(GOOD + CHUNKED, chunk(b"x" * 4096) * 400 + b"0\r\n\r\n"), CLOSED),
]

HEADERS = [
    ("no Host", get(headers=b""), REFUSED),
    ("two Hosts", get(headers=HOST + b"Host: evil.example\r\n"), REFUSED),
    ("two equal Hosts", get(headers=HOST + HOST), REFUSED),
    ("Host empty", get(headers=b"Host:\r\n"), REFUSED),
    ("Host with a path", get(headers=b"Host: a/b\r\n"), REFUSED),
    ("Host with a user", get(headers=b"Host: a@b\r\n"), REFUSED),
    ("Host with a space", get(headers=b"Host: a b\r\n"), REFUSED),
    ("Host a list", get(headers=b"Host: a, b\r\n"), REFUSED),
    ("name with a space", get(headers=HOST + b"X Y: 1\r\n"), CLOSED),
    ("name with a bracket", get(headers=HOST + b"X[0]: 1\r\n"), REFUSED),
    ("name with a byte over 127", get(headers=HOST + b"X-\xe9: 1\r\n"), REFUSED),
    ("name with a NUL", get(headers=HOST + b"X\x00Y: 1\r\n"), CLOSED),
    ("no colon", get(headers=HOST + b"nonsense\r\n"), CLOSED),
    ("first line begins with a space", get(headers=b" X: 1\r\n" + HOST), CLOSED),
    ("value with a bell", get(headers=HOST + b"X: a\x07b\r\n"), REFUSED),
    ("value with a delete", get(headers=HOST + b"X: a\x7fb\r\n"), REFUSED),
    ("value with a bare carriage return", get(headers=HOST + b"X: a\rb\r\n"), CLOSED),
    ("two Authorizations", get(headers=HOST + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), REFUSED),
    ("two Origins", get(headers=HOST + b"Origin: http://a\r\nOrigin: http://b\r\n"), REFUSED),
    ("a header of 40 kB", get(headers=HOST + b"X: " + b"a" * 40000 + CRLF), CLOSED),
    ("five hundred headers", get(headers=HOST + b"".join(b"X%d: 1\r\n" % n for n in range(500))), CLOSED),
    ("two types", post(GOOD + b"Content-Type: text/plain\r\n" + length(len(BODY)), BODY), REFUSED),
    ("no type", post(HOST + length(len(BODY)), BODY), REFUSED),
    ("a type of another kind", post(HOST + b"Content-Type: text/plain\r\n" + length(len(BODY)), BODY), REFUSED),
    ("a type with another charset", post(HOST + b"Content-Type: application/json; charset=utf-16\r\n" + length(len(BODY)), BODY), REFUSED),
]

TARGETS = [
    ("encoded NUL in the path", get(b"/users/%00"), REFUSED),
    ("encoded NUL in the query", get(OPEN + b"?a=%00"), REFUSED),
    ("encoded slash", get(b"/users%2f1"), REFUSED),
    ("encoded backslash", get(b"/static%5c..%5cx"), REFUSED),
    ("dot segments", get(b"/static/../../etc/passwd"), REFUSED),
    ("encoded dot segments", get(b"/static/%2e%2e/%2e%2e/etc/passwd"), REFUSED),
    ("half an escape", get(b"/users/%4"), REFUSED),
    ("an escape that is none", get(b"/users/%zz"), REFUSED),
    ("half an escape in the query", get(OPEN + b"?a=%e"), REFUSED),
    ("path not UTF-8", get(b"/users/%ff%fe"), REFUSED),
    ("path overlong UTF-8", get(b"/users/%c0%af"), REFUSED),
    ("path a surrogate", get(b"/users/%ed%a0%80"), REFUSED),
    ("query not UTF-8", get(OPEN + b"?a=%ff"), REFUSED),
    ("path of raw bytes over 127", get(b"/users/\xc3\xa9"), REFUSED),
    ("path with an encoded line break", get(b"/users/%0d%0aX:1"), REFUSED),
    ("a parameter twice", get(OPEN + b"?a=1&a=2"), REFUSED),
    ("a hundred parameters", get(OPEN + b"?" + b"&".join(b"a%d=1" % n for n in range(100))), REFUSED),
    ("a fragment", get(OPEN + b"#x"), REFUSED),
    ("address of 6 kB", get(b"/" + b"/".join([b"a" * 100] * 60)), REFUSED),
    ("address of 60 kB", get(b"/" + b"a" * 60000), CLOSED),
    ("absolute address of another host", get(b"http://evil.example" + OPEN), REFUSED),
    ("absolute address of another scheme", get(b"ftp://localhost" + OPEN), REFUSED),
    ("no slash", get(b"users"), REFUSED),
    ("authority for CONNECT", get(b"localhost:80", method=b"CONNECT"), REFUSED),
    ("a space in the address", get(b"/users/a b"), CLOSED),
]

LINES = [
    ("no version", b"GET /\r\n" + HOST + CRLF, CLOSED),
    ("version 2.0 in the line", get(version=b"HTTP/2.0"), CLOSED),
    ("version 0.9", get(version=b"HTTP/0.9"), CLOSED),
    ("version 1.12", get(version=b"HTTP/1.12"), CLOSED),
    ("version nonsense", get(version=b"HTTQ/1.1"), CLOSED),
    ("preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", CLOSED),
    ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500 + b"\r\n\r\n", CLOSED),
    ("NULs", b"\x00" * 4000 + b"\r\n\r\n", SILENT),
    ("a method of 30 kB", b"A" * 30000 + b" / HTTP/1.1\r\n" + HOST + CRLF, CLOSED),
]

HONEST = [
    ("a plain request", get(), answered(200)),
    ("absolute address of this host", get(b"http://localhost" + OPEN), answered(200)),
    ("three pipelined", get() + get(b"/nothing/here") + get(), answered(200, 404, 200)),
    ("body in chunks, then another", post(GOOD + CHUNKED, chunk(BODY[:10]) + chunk(BODY[10:]) + b"0\r\n\r\n") + get(), answered(None, 200)),
    ("chunks with extension and trailer", post(GOOD + CHUNKED, b"%x;a=b\r\n" % len(BODY) + BODY + b"\r\n0\r\nX-Trailer: 1\r\n\r\n") + get(), answered(None, 200)),
    ("a trailer that would like to be a header", post(GOOD + CHUNKED, chunk(BODY) + b"0\r\nHost: evil\r\nContent-Length: 9\r\n\r\n") + get(), answered(None, 200)),
    ("HEAD has no body", get(method=b"HEAD") + get(), answered(200, 200)),
    ("a method that nobody has", get(method=b"BREW") + get(), answered(405, 200)),
    ("a method of another path", get(method=b"DELETE") + get(), answered(405, 200)),
    ("OPTIONS", get(method=b"OPTIONS") + get(), answered(204, 200)),
    ("OPTIONS of everything", get(b"*", method=b"OPTIONS") + get(), answered(204, 200)),
    ("small letters in names", get(headers=b"hOsT: localhost\r\n"), answered(200)),
    ("body that is not JSON", post(GOOD + length(3), b"{a}") + get(), answered(400, 200)),
    ("body that is an array", post(GOOD + length(2), b"[]") + get(), answered(400, 200)),
    ("body with a NUL escape", post(GOOD + length(20), b'{"email":"\\u0000aa"}') + get(), answered(400, 200)),
    ("body nested a thousand deep", post(GOOD + length(2000), b"[" * 1000 + b"]" * 1000) + get(), answered(400, 200)),
    ("body not UTF-8", post(GOOD + length(14), b'{"email":"\xff\xfe"}') + get(), answered(400, 200)),
    ("body with a member twice", post(GOOD + length(15), b'{"a":1, "a": 2}') + get(), answered(400, 200)),
    ("an id of 2^63", get(b"/users/9223372036854775808/avatar?x=1") + get(), answered(401, 200)),
]

CASES = FRAMING + CHUNKS + HEADERS + TARGETS + LINES + HONEST

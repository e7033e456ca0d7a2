"""Searching: the corpus of search_corpus.json, operators, who may find what, edits and deletions, paging, hostile queries."""

import datetime
import itertools
import json
import pathlib

import pytest

from harness import until

CORPUS = json.loads((pathlib.Path(__file__).parent / "search_corpus.json").read_text())


def page(who, q, **params):
    return who.ok("GET", "/messages/search", params={"q": q, **params})


def found(who, q, **params):
    """All ids, over all pages, as they come."""
    ids = []
    for _ in range(200):
        answer = page(who, q, **params)
        assert len(answer["items"]) <= params.get("limit", 20)
        ids += [item["message"]["id"] for item in answer["items"]]
        if not answer["next_cursor"]:
            return ids
        params["cursor"] = answer["next_cursor"]
    raise AssertionError("the pages have no end")


def indexed(org):
    """Everything that was posted so far can be found."""
    until(lambda: org.suite.psql("select count(*) from chat.event e, chat.consumer_position p where p.source = 'search' and (e.tx, e.id) > (p.tx, p.id)") == "0",
          "the index to have followed")


def finds(who, q, ids, **params):
    got = found(who, q, **params)
    assert sorted(got) == sorted(ids), f"{q}: {got}, not {ids}"


@pytest.fixture(scope="module")
def library(_session_suite):
    """The corpus, posted by one person in one channel."""
    def posted():
        org = _session_suite.org()
        ana = org.member()
        channel = ana.channel()
        ids = {key: ana.send(channel, text)["id"] for key, text in CORPUS["messages"].items()}
        indexed(org)
        return ana, ids
    yield from _session_suite.lasting(posted)


def test_the_corpus_is_found_as_expected(library):
    ana, ids = library
    names = {value: key for key, value in ids.items()}
    wrong = []
    for q, expected in CORPUS["queries"]:
        for sort in ("time", "relevance"):
            got = [names[i] for i in found(ana, q, sort=sort)]
            if sorted(got) != sorted(expected):
                wrong.append(f"{q!r} by {sort}: {got}, not {expected}")
    assert not wrong, "\n".join(wrong)
    assert len(CORPUS["queries"]) > 100


def test_what_matched_is_marked(library):
    ana, ids = library

    def marked(q):
        (item,) = page(ana, q)["items"]
        assert "".join(part["text"] for part in item["highlight"]) == item["message"]["content"]
        return [part["text"] for part in item["highlight"] if part["match"]]

    assert marked("cancion noche") == ["noche", "canciones"]
    assert marked("\"not to be\"") == ["not", "to", "be"]
    assert marked("username") == ["UserName", "UserName"]
    assert marked("搜索功能") == ["搜索功能"]
    assert marked("strasse") == ["Straße"]
    assert marked("reun* bogotá -nada") == ["REUNIÓN", "Bogotá"]
    assert marked("has:link") == []
    assert marked("negrita") == ["negrita"]


def test_a_result_is_the_message_with_its_channel(org):
    ana = org.member()
    channel = ana.channel("sala grande", type="private")
    message = ana.send(channel, "una palabra rara")
    indexed(org)
    (item,) = page(ana, "rara")["items"]
    assert item["message"] == ana.ok("GET", f"/messages/{message['id']}")
    assert item["channel"] == {"id": channel["id"], "name": channel["name"], "type": "private"}
    long = ana.send(channel, "relleno ñ " * 300 + "aguja " + "relleno ñ " * 300)
    indexed(org)
    (item,) = page(ana, "aguja")["items"]
    text = "".join(part["text"] for part in item["highlight"])
    assert item["message"]["id"] == long["id"] and text in long["content"] and 100 < len(text.encode()) <= 400
    assert [part["text"] for part in item["highlight"] if part["match"]] == ["aguja"]


def test_only_what_one_may_read_is_found(org):
    ana, luis, foreign = org.member(), org.member(), org.suite.org()
    eva = foreign.member()
    public, private, left = ana.channel(), ana.channel(type="private"), luis.channel(type="private")
    luis.ok("POST", f"/channels/{left['id']}/members", json={"user_id": ana.id})
    theirs = eva.channel()
    open_, secret, gone, other = (who.send(channel, "tesoro escondido")["id"] for who, channel in
                                  ((ana, public), (ana, private), (ana, left), (eva, theirs)))
    indexed(org)
    finds(ana, "tesoro", [open_, secret, gone])
    finds(luis, "tesoro", [open_, gone])
    finds(org.admin, "tesoro", [open_])
    finds(eva, "tesoro", [other])
    finds(eva, f"tesoro from:{eva.user['username']}", [other])
    ana.ok("POST", f"/channels/{left['id']}/leave", json={})
    finds(ana, "tesoro", [open_, secret])
    finds(ana, "from:me", [open_, secret])
    ana.ok("POST", f"/channels/{private['id']}/members", json={"user_id": luis.id})
    finds(luis, "tesoro", [open_, secret, gone])
    ana.ok("PUT", f"/channels/{public['id']}", json={"is_archived": True})
    finds(luis, "tesoro", [open_, secret, gone])
    luis.ok("DELETE", f"/channels/{left['id']}")
    finds(luis, "tesoro", [open_, secret])


def test_names_that_one_may_not_know_are_like_names_of_nothing(org):
    ana, luis, eva = org.member(), org.member(), org.suite.org().member()
    hidden = ana.channel(f"oculto-{ana.id}", type="private")
    theirs = eva.channel(f"suyo-{eva.id}")
    ana.send(hidden, "x")
    indexed(org)

    def refused(who, q):
        problem = who.refused(400, "search.operator_wrong", "GET", "/messages/search", params={"q": q})
        assert problem["operator"] == q and problem["errors"][0]["pointer"] == "/q"
        return problem["detail"].replace(q, "…")

    assert refused(luis, f"in:#{hidden['name']}") == refused(luis, f"in:#{theirs['name']}") == refused(luis, "in:#nada-de-esto")
    assert refused(luis, f"from:@{eva.user['username']}") == refused(luis, "from:@nadie-de-aqui")
    assert refused(luis, f"in:@{eva.user['username']}") == refused(luis, "in:@nadie-de-aqui")
    assert page(ana, f"in:#{hidden['name']}")["items"]


def test_edits_and_deletions_are_followed(org):
    ana = org.member()
    channel = ana.channel()
    message = ana.send(channel, "antigua redacción")
    keep = ana.send(channel, "antigua también")
    indexed(org)
    finds(ana, "antigua", [message["id"], keep["id"]])
    ana.ok("PUT", f"/messages/{message['id']}", json={"content": "nueva redacción"})
    indexed(org)
    finds(ana, "antigua", [keep["id"]])
    finds(ana, "nueva", [message["id"]])
    ana.ok("DELETE", f"/messages/{message['id']}")
    finds(ana, "nueva", [])  # at once, before the index has followed
    indexed(org)
    finds(ana, "redaccion", [])
    assert org.suite.psql(f"select count(*) from chat.search_message where message_id = {message['id']}") == "0"


def words(org, prefix):
    """Those in the table of words that begin so, once what was lost has been looked at."""
    until(lambda: org.suite.psql("select count(*) from chat.search_word_lost") == "0", "lost words to be looked at")
    return org.suite.psql(f"select word from chat.search_word where starts_with(word, '{prefix}') order by 1").split()


def test_the_words_of_messages_are_known_as_long_as_there_are_any(org):
    ana, eva = org.member(), org.suite.org().member()
    channel, theirs = ana.channel(), eva.channel()
    first = ana.send(channel, "kvqxáuno kvqxdos kvqxuno getKvqxtres")
    second = ana.send(channel, "kvqxdos kvqxcuatro")
    foreign = eva.send(theirs, "kvqxcuatro kvqxcinco")
    indexed(org)
    assert words(org, "kvqx") == ["kvqxauno", "kvqxcinco", "kvqxcuatro", "kvqxdos", "kvqxtres", "kvqxuno"]
    finds(ana, "kvqxa", [first["id"]])
    finds(ana, "kvqx*", [first["id"], second["id"]])
    finds(ana, "kvqxc*", [second["id"]])
    finds(ana, "-kvqxu* kvqxdos", [second["id"]])
    finds(eva, "kvqx*", [foreign["id"]])
    ana.ok("PUT", f"/messages/{first['id']}", json={"content": "kvqxseis kvqxdos"})
    indexed(org)
    assert words(org, "kvqx") == ["kvqxcinco", "kvqxcuatro", "kvqxdos", "kvqxseis"]
    finds(ana, "kvqxs", [first["id"]])
    finds(ana, "kvqxa*", [])
    for message in (first, second):
        ana.ok("DELETE", f"/messages/{message['id']}")
    indexed(org)
    assert words(org, "kvqx") == ["kvqxcinco", "kvqxcuatro"], "another organisation still has them"
    eva.ok("DELETE", f"/messages/{foreign['id']}")
    indexed(org)
    assert words(org, "kvqx") == []


def test_a_word_that_an_old_message_still_has_stays(make_suite):
    org = make_suite().org()
    ana = org.member()
    channel = ana.channel()
    old = ana.send(channel, "zxantigua")["id"]
    indexed(org)
    org.suite.psql("select setval(pg_get_serial_sequence('chat.message', 'id'), 5000000)")
    new = ana.send(channel, "zxantigua zxnueva")["id"]
    indexed(org)
    ana.ok("DELETE", f"/messages/{new}")
    indexed(org)
    assert new > 5_000_000 and words(org, "zx") == ["zxantigua"]
    finds(ana, "zxa", [old])


def test_a_prefix_of_very_many_words_misses_none_of_them(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    ids = [ana.send(channel, " ".join(f"vbqz{chr(97 + n)}{k:03}" for k in range(50)))["id"] for n in range(4)]
    rare = luis.send(channel, "vbqza000 rareza")["id"]
    indexed(org)
    # one more for each letter: what stands before the figures is a word, too
    assert len(words(org, "vbqz")) == 204 and len(words(org, "vbqza")) == 51
    for sort in ("time", "relevance"):
        finds(ana, "vbqz", [*ids, rare], sort=sort)
        finds(ana, "vbqza*", [ids[0], rare], sort=sort)
        finds(ana, "rareza vbqz", [rare], sort=sort)
        finds(ana, f"vbqz* from:@{luis.user['username']}", [rare], sort=sort)
        finds(ana, "rareza -vbqz*", [], sort=sort)
        finds(ana, "vbqz* -vbqza*", ids[1:], sort=sort)
        finds(ana, "vbqza* vbqza00* vbqza01* vbqza02* vbqza03* vbqza04* vbqza049 vbqza0* vbqza00* vbqza0", [ids[0]], sort=sort)
    for message in ids:
        ana.ok("DELETE", f"/messages/{message}")
    indexed(org)
    assert words(org, "vbqz") == ["vbqza", "vbqza000"], "what nobody says any more goes, in several shares"


def test_the_words_of_what_was_indexed_before_there_was_a_table_of_them_come_by_and_by(make_suite):
    org = make_suite().org()
    ana = org.member()
    channel = ana.channel()
    ids = [ana.send(channel, f"pretérito{n} perfecto")["id"] for n in range(30)]
    indexed(org)
    org.suite.psql("truncate chat.search_word; insert into chat.search_backfill (next) select max(id) + 1 from chat.message")
    finds(ana, "preterito", ids)
    until(lambda: org.suite.psql("select count(*) from chat.search_backfill") == "0", "all messages to be gone through")
    assert words(org, "preter") == sorted(["preterito", *(f"preterito{n}" for n in range(30))])
    finds(ana, "preterito", ids)
    finds(ana, "preterito1", [i for n, i in enumerate(ids) if n == 1 or n // 10 == 1])


def test_the_words_come_also_when_a_replica_that_knows_nothing_of_them_goes_through_the_messages(make_suite):
    org = make_suite().org()
    ana = org.member()
    channel = ana.channel()
    ids = [ana.send(channel, f"kwxantes{n}")["id"] for n in range(4)]
    indexed(org)
    expected = ["kwxantes", *(f"kwxantes{n}" for n in range(4))]
    assert words(org, "kwx") == expected
    # All in one transaction, so that no other replica sees it.
    org.suite.psql(f"delete from chat.search_word; insert into chat.search_backfill (next) select max(id) + 1 from chat.message;"
                   f"update chat.search_backfill set next = {ids[2]}; update chat.search_backfill set next = {ids[0]}; delete from chat.search_backfill")
    assert words(org, "kwx") == expected
    finds(ana, "kwxan*", ids)


def test_a_message_is_found_soon_after_its_acknowledgement(org):
    ana = org.member()
    message = ana.send(ana.channel(), "recién dicho")
    until(lambda: found(ana, "recien") == [message["id"]], "the message to be found")


def test_operators_of_people_and_places(org):
    ana, luis = org.member(), org.member()
    one, two = ana.channel(f"uno-{ana.id}"), ana.channel(f"dos tres {ana.id}")
    for channel in (one, two):
        luis.join(channel)
    a1, a2, l1, l2 = (who.send(channel, "pan")["id"] for who in (ana, luis) for channel in (one, two))
    indexed(org)
    name = luis.user["username"]
    for q in ("from:me", "de:mí", "FROM:yo", f"from:@{ana.user['username'].upper()}", f"-from:@{name}"):
        finds(ana, f"pan {q}", [a1, a2])
    for q in (f"from:@{name}", f"de:{name}", "-from:me"):
        finds(ana, f"{q} pan", [l1, l2])
    for q in (f"in:#{one['name']}", f"en:{one['name']}", f"-in:\"{two['name']}\""):
        finds(ana, f"pan {q}", [a1, l1])
    finds(ana, f"in:\"#{two['name']}\" from:@{name}", [l2])
    finds(ana, f"in:{one['name']} in:\"{two['name']}\"", [a1, a2, l1, l2])
    finds(ana, f"from:me from:@{name} pan", [a1, a2, l1, l2])
    finds(ana, f"in:@{name} pan", [])


def test_operators_of_time(make_suite):
    org = make_suite().org()
    ana = org.member()
    channel = ana.channel()
    ids = [ana.send(channel, "fecha señalada")["id"] for _ in range(5)]
    indexed(org)
    for i, day in zip(ids, ("2024-02-28", "2024-02-29", "2024-03-01")):
        org.suite.psql(f"update chat.search_message set created_at = '{day}T12:00:00Z' where message_id = {i}")
    finds(ana, "fecha on:2024-02-29", [ids[1]])
    finds(ana, "fecha before:2024-02-29", [ids[0]])
    finds(ana, "fecha despues:2024-02-28 antes:2024-03-02", ids[1:3])
    finds(ana, "día:2024-02-29", [ids[1]], utc_offset=-600)
    finds(ana, "fecha on:2024-03-01", [ids[1]], utc_offset=780)
    finds(ana, "fecha after:2024-03-01 sort", [])
    finds(ana, "fecha on:today", ids[3:])
    finds(ana, "fecha día:hoy", ids[3:], sort="relevance")
    finds(ana, "fecha on:ayer", [])
    finds(ana, "fecha before:today", ids[:3])
    finds(ana, "fecha after:yesterday", ids[3:])
    tomorrow = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).date()
    finds(ana, f"fecha before:{tomorrow}", ids)


@pytest.mark.parametrize("q", ["before:mañana", "on:2024-02-30", "after:2024-1-1", "before:", "from:", "from:@", "in:", "in:#", "has:nada", "is:nada", "has:", "is:",
                               "form:@ana", "canal:#general", "-before:2024-01-01", "-is:saved"])
def test_a_wrong_operator_is_named(library, q):
    ana, _ = library
    problem = ana.refused(400, "search.operator_wrong", "GET", "/messages/search", params={"q": f"hola {q} adiós"})
    assert problem["operator"] == q.removeprefix("-") and problem["operator"] in problem["detail"]


def test_what_has_a_colon_and_is_no_operator_is_words(library):
    ana, ids = library
    for q in ("https://ejemplo.example/pagina", "std::vector", "error:42", "12:30", ":) noche", "a:b"):
        page(ana, q)
    finds(ana, "https://ejemplo.example/pagina", [ids["link"]])


def test_marks_follow_the_bits_of_a_message(org):
    ana = org.member()
    channel = ana.channel()
    ids = [ana.send(channel, f"marcado {n}")["id"] for n in range(5)]
    indexed(org)
    for i, bit in zip(ids, (8, 2, 4, 1)):
        org.suite.psql(f"update chat.message set extras = extras | {bit} where id = {i}")
    ana.ok("PUT", f"/messages/{ids[4]}", json={"content": "otra cosa"})
    for n, i in enumerate(ids[:4]):
        ana.ok("PUT", f"/messages/{i}", json={"content": f"marcado {n} de nuevo"})
    indexed(org)
    for i, q in zip(ids, ("has:file", "has:reaction", "is:pinned", "is:thread")):
        finds(ana, f"{q} marcado", [i])
        finds(ana, f"marcado -{q}", [j for j in ids[:4] if j != i])
    for i, q in zip(ids, ("tiene:archivo", "tiene:reacción", "es:fijado", "es:hilo")):
        finds(ana, f"{q} from:me", [i])


def test_what_others_put_on_a_message_is_found(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    root, pinned, liked, plain = (ana.send(channel, f"asunto {n}")["id"] for n in range(4))
    reply = luis.send(channel, "asunto respondido", thread_id=root)["id"]
    ana.ok("PUT", f"/messages/{pinned}/pin", json={})
    luis.ok("PUT", f"/messages/{liked}/reactions/👍", json={})
    luis.ok("PUT", f"/messages/{plain}/saved", json={})
    indexed(org)
    finds(luis, "asunto is:thread", [root, reply])
    finds(luis, "asunto is:pinned", [pinned])
    finds(luis, "asunto has:reaction", [liked])
    finds(luis, "is:saved", [plain])
    finds(luis, "asunto es:guardado", [plain], sort="relevance")
    finds(luis, "otro is:saved", [])
    finds(ana, "is:saved", [])
    luis.ok("DELETE", f"/messages/{liked}/reactions/👍")
    ana.ok("DELETE", f"/messages/{pinned}/pin")
    indexed(org)
    finds(luis, "has:reaction from:" + ana.user["username"], [])
    finds(luis, "is:pinned in:" + channel["name"], [])


def test_everything_is_paged_through_once(org):
    ana = org.member()
    channels = [ana.channel() for _ in range(3)]
    ids = [ana.send(channel, f"página {n} " + "término " * (n % 4))["id"] for n, channel in zip(range(45), itertools.cycle(channels))]
    indexed(org)
    assert found(ana, "pagina", limit=7) == ids[::-1]
    by_rank = found(ana, "pagina termino", limit=7, sort="relevance")
    assert sorted(by_rank) == sorted(i for n, i in enumerate(ids) if n % 4) and by_rank != sorted(by_rank, reverse=True)
    assert found(ana, "pagina", limit=45) == ids[::-1] and page(ana, "pagina", limit=45)["next_cursor"] is None
    first = page(ana, "pagina", limit=10)
    late = ana.send(channels[0], "página tardía")["id"]
    ana.ok("DELETE", f"/messages/{ids[20]}")
    indexed(org)
    rest = found(ana, "pagina", limit=10, cursor=first["next_cursor"])
    assert [item["message"]["id"] for item in first["items"]] + rest == [i for i in ids[::-1] if i != ids[20]] and late not in rest


def test_long_results_make_short_pages(org):
    ana = org.member()
    channel = ana.channel()
    ids = [ana.send(channel, f"{n} kilómetro " + "👍" * 15900)["id"] for n in range(14)]
    indexed(org)
    first = page(ana, "kilometro", limit=100)
    assert 1 <= len(first["items"]) < 14 and first["next_cursor"]
    assert found(ana, "kilometro", limit=100) == ids[::-1]
    assert sorted(found(ana, "kilometro", limit=100, sort="relevance")) == ids


@pytest.mark.parametrize("cursor", ["x", "t.", "t.x", "t.0", "t.-1", "t.1.2", "r.1", "r.1.2.3.4.5", "t.99999999999999999999", "'", "t.1\x00"])
def test_a_wrong_cursor_is_refused(library, cursor):
    ana, _ = library
    answer = ana.get("/messages/search", params={"q": "noche", "cursor": cursor})
    assert answer.status_code == 400, answer.text
    if cursor.startswith("r.1.2"):
        assert ana.get("/messages/search", params={"q": "noche", "cursor": cursor, "sort": "relevance"}).status_code == 200


HOSTILE = ["'", "''", "\\", "';drop table chat.message;--", "' or 1=1 --", "a'b\"c\\d", "(", ")", "a & b | c", "!", "!!a", "a <-> b", ":*", "a:*", "a:*b", "'x':*", "<->", "a<2>b",
           "\"", "\"sin cerrar", "\"\"", "\"\"\"\"", "-", "--", "-\"a b", "*", "**", "a**", "-*", "%", "_", "%%%", "$1", "{}", "[]", "\\x00", "𝕳𝖊𝖑𝖑𝖔", "ﷺ", "e\u0301\u0302\u0303",
           "\u200b", "\u202e", "\ufeff", "\u00a0", "é" * 300, "x" * 1000, " ".join("a" * 3 for _ in range(48)), "-a " * 40, "\"a b\" " * 40, "a* " * 40, "in:\"", "from:\"", "from:'", "c:1", "o:1 u:1",
           "'c:1'", "h:link", "=run", "getUserNameOfTheVeryLongIdentifierThatHasManyPartsInIt " * 5, "http://", "京" * 90, "ا" * 200, "null", "{{7*7}}", "<script>"]


def test_hostile_queries_have_clear_answers(library):
    ana, ids = library
    for q in HOSTILE:
        for sort in ("time", "relevance"):
            answer = ana.get("/messages/search", params={"q": q, "sort": sort})
            assert answer.status_code in (200, 400), f"{q!r}: {answer.status_code} {answer.text}"
            if answer.status_code == 400:
                assert answer.json()["code"] in ("search.empty", "search.operator_wrong", "search.too_long"), f"{q!r}: {answer.text}"
    assert page(ana, "noche")["items"]


@pytest.mark.parametrize("q, code", [("", "request.invalid"), ("x" * 1001, "request.invalid"), ("a\x00b", None), ("\x01", "request.invalid"), ("a " * 49, "search.too_long"),
                                     ("from:me " * 17, "search.too_long"), ("...", "search.empty"), ("   ", "search.empty"), ("\" \"", "search.empty")])
def test_what_cannot_be_looked_for_is_refused(library, q, code):
    ana, _ = library
    answer = ana.get("/messages/search", params={"q": q})
    assert answer.status_code == 400 and (code is None or answer.json()["code"] == code), answer.text


def test_ten_kilobytes_are_refused(library):
    ana, _ = library
    assert ana.get("/messages/search", params={"q": "palabra " * 1250}).status_code == 413
    assert ana.get("/messages/search").status_code == 400

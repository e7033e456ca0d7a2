"""Searching ten million messages: how long a page takes for what kind of query and whom, and how large the index is."""

import http.client
import json
import subprocess
import time
import urllib.parse

import paths
from measures_size import quantiles
from rig import Rig
from rows import at_most, measure, row

CHANNELS, PUBLIC, AUTHORS = 2000, 20, 500
MEMBERSHIPS = (5, 50, 500)
PAGES = 30  # of each kind of query and person

# Kinds of queries. {word} of a rank of the corpus: the same words that search_fill.c makes, asked of the table.
KINDS = {
    "very common word": "que", "common word": "reunion", "two common words": "meeting informe", "rare word": "{rare}", "common and rare word": "la {rare}",
    "two middling words": "{middle} {middle}", "phrase": '"para una"', "phrase of common words": '"de la"', "prefix": "reun", "short prefix": "con*",
    "by one author": "from:@{author} equipo", "in one channel": "in:#{channel} gracias", "with links": "has:link cliente", "without a word": "cliente -the",
    "of one day": "on:{day} informe", "nothing that there is": "zzznada", "identifier": "{middle}_{common}",
}

FILL_TABLES = {"message": "message (id, channel_id, seq, user_id, username, content, client_id, created_at)",
               "index": "search_message (message_id, channel_id, created_at, words)"}


def fill(rig, total, channels, authors):
    """By COPY, both tables at once, the large index afterwards; the services are down."""
    sql = rig.suite.psql
    with rig.paused():
        for setting in ("fsync = off", "full_page_writes = off", "max_wal_size = '16GB'", "maintenance_work_mem = '1GB'"):
            sql(f"alter system set {setting}")
        sql("select pg_reload_conf()")
        definition = sql("select pg_get_indexdef('chat.search_words'::regclass)")
        sql("drop index chat.search_words")
        sql("alter table chat.search_message disable trigger user")
        first = int(sql("select coalesce(max(id), 0) + 1 from chat.message"))
        copies = [_copy(rig, what, table, first, total, channels, authors) for what, table in FILL_TABLES.items()]
        if any([c.wait() for c in copies]):
            raise RuntimeError("the rows could not be copied")
        began = time.monotonic()
        sql(definition)
        built = time.monotonic() - began
        sql("insert into chat.search_word select word from ts_stat('select words from chat.search_message') where left(word, 1) not in (':', '=')"
            " on conflict do nothing")
        sql("alter table chat.search_message enable trigger user")
        sql(f"select setval(pg_get_serial_sequence('chat.message', 'id'), {first + total})")
        sql("alter system reset all")
        sql("select pg_reload_conf()")
        sql("vacuum analyze chat.message, chat.search_message, chat.search_word")
        sql("checkpoint")
    return round(built, 1)


def _copy(rig, what, table, first, total, channels, authors):
    made = subprocess.Popen([paths.TOOLS / "search_fill", what, str(rig.people.org.id), str(first), str(total), f"{channels[0]}+{len(channels)}",
                             f"{authors[0].id}+{len(authors)}"], stdout=subprocess.PIPE)
    postgres = rig.suite.postgres
    return subprocess.Popen([postgres.bin / "psql", "-X", "-q", "-h", postgres.folder, "-U", "postgres", "-d", rig.suite.database, "-c", "set search_path = chat",
                             "-c", f"copy {table} from stdin"],
                            stdin=made.stdout)


def words_of(rig, low, high, count):
    """Words that stand in so many of the last 100,000 messages."""
    return rig.suite.psql(f"select word from ts_stat('select words from chat.search_message order by message_id desc limit 100000')"
                          f" where word ~ '^[a-z]{{4,}}$' and ndoc between {low} and {high} order by md5(word) limit {count}").split()


def ask(connection, token, q, sort):
    began = time.perf_counter()
    connection.request("GET", "/messages/search?" + urllib.parse.urlencode({"q": q, "sort": sort}), headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - began
    if answer.status != 200:
        raise RuntimeError(f"{q}: {answer.status} {body[:300]}")
    return took, json.loads(body)


def ask_all(rig, person, words, names):
    """Seconds by kind, every query once before it is measured no oftener than others: the words differ."""
    connection, found = http.client.HTTPConnection("127.0.0.1", rig.port), {}
    for kind, form in KINDS.items():
        for sort in ("time", "relevance"):
            took, items = [], 0
            for n in range(PAGES):
                values = {key: some[n % len(some)] for key, some in words.items()}
                seconds, page = ask(connection, person.token, form.format(**values, **names), sort)
                took.append(seconds)
                items += len(page["items"])
            found[f"{kind}, by {sort}"] = {"seconds": took, "items": round(items / PAGES, 1)}
    connection.close()
    return found


def join(rig, person, channels):
    ids = ",".join(map(str, channels))
    rig.suite.psql(f"set search_path = chat; insert into member (channel_id, user_id) select c, {person.id} from unnest(array[{ids}]::bigint[]) c")


@measure
def search(o):
    total = o.sizes[0] if o.sizes else o.pick(300_000, 10_000_000)
    with Rig(o) as rig:
        authors = rig.people.make(AUTHORS)
        callers = dict(zip(MEMBERSHIPS, rig.people.make(len(MEMBERSHIPS))))
        channels = rig.people.channels(CHANNELS, [[authors[0]]])
        rig.settle()
        rig.suite.psql(f"update chat.channel set type = 'private' where id > {channels[PUBLIC - 1]}")
        for count, person in callers.items():
            join(rig, person, channels[PUBLIC::(CHANNELS - PUBLIC) // count][:count])
        began = time.monotonic()
        built = fill(rig, total, channels, authors)
        filled = round(time.monotonic() - began, 1)
        words = {"rare": words_of(rig, 1, 2, PAGES), "middle": words_of(rig, 20, 60, PAGES), "common": words_of(rig, 500, 2000, PAGES)}
        names = {"author": rig.suite.psql(f"select username from chat.user_copy where user_id = {authors[7].id}"), "channel": f"bench-{channels[3]}",
                 "day": time.strftime("%Y-%m-%d", time.gmtime(time.time() - 20 * 86400))}
        found = {count: ask_all(rig, person, words, names) for count, person in callers.items()}
        sizes = {name: int(rig.suite.psql(f"select pg_relation_size('chat.{name}')")) for name in ("search_message", "search_words", "search_message_pkey", "message")}
    return {"raw": {"messages": total, "filled_s": filled, "index_built_s": built, "sizes": sizes, "kinds": kinds(found)}, "rows": rows(total, found, sizes)}


def kinds(found):
    return {f"{kind}, in {count} channels": {**quantiles(one["seconds"]), "items": one["items"]} for count, all_ in found.items() for kind, one in all_.items()}


def p95(seconds):
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)] * 1e3, 2)


def rows(total, found, sizes):
    every = [s for all_ in found.values() for one in all_.values() for s in one["seconds"]]
    slowest, name = max((p95(one["seconds"]), f"{kind}, in {count} channels") for count, all_ in found.items() for kind, one in all_.items())
    return [row("search", f"a page of search results over HTTP, {total:,} messages, {len(KINDS)} kinds of queries, by time and by relevance, p95", p95(every), "ms", at_most(50)),
            row("search-worst", f"the slowest kind of them ({name}), p95", slowest, "ms", at_most(50)),
            row("search-size", f"the index of words, beside {sizes['search_message'] / 1e9:.1f} GB of what it is made of and {sizes['message'] / 1e9:.1f} GB of messages",
                round(sizes["search_words"] / 1e9, 2), "GB", at_most(10, "reported"))]

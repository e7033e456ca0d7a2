"""Many people and channels in no time. Registration and joining are not what is measured, so rows are inserted as the services would
have, with their events, and access tokens are signed with the suite's own key. The gateway sees no difference."""

import base64
import json
import time

import paths  # noqa: F401

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from harness.until import until

SEAL_PURPOSE = b"palique auth signing keys v1"  # services/auth/seal.c
NONCE_BYTES = 12

ACCOUNTS = """
with made as (
    insert into account (organization_id, email, email_key, username, display_name, role, password_hash)
    select {org}, n || '@bench.example', n || '@bench.example', 'b' || n, 'Bench ' || n, 1, 'none'
    from (select to_char(i + (select count(*) from account), 'FM000000') as n from generate_series(1, {count}) i) s returning *),
told as (
    insert into event (kind, org_id, user_id, body) select 1101, a.organization_id, a.id, user_json(a, true)::json from made a order by a.id)
select id from made order by id;
"""

# Channels with their logs: creation, then one event a member. Groups: an array of arrays of users of one size, taken in turn.
CHANNELS = """
create temp table grp as select ord - 1 as g, m::text::bigint as user_id, row_number() over (partition by ord) as pos
    from json_array_elements('{groups}'::json) with ordinality a (members, ord), json_array_elements(members) m;
create temp table made as select i, nextval(pg_get_serial_sequence('chat.channel', 'id')) as id, i % (select max(g) + 1 from grp) as g
    from generate_series(0, {count} - 1) i;
create temp table seat as select m.id as channel_id, g.user_id, g.pos + 1 as seq from made m join grp g using (g);
insert into channel (id, org_id, name, type, created_by, member_count) overriding system value
    select m.id, {org}, 'bench-' || m.id, 'public', {admin}, (select count(*) from grp where grp.g = m.g) from made m order by m.id;
insert into channel_head (channel_id, seq) select m.id, 1 + (select count(*) from grp where grp.g = m.g) from made m;
insert into event (kind, org_id, user_id, channel_id, seq, body) select 1220, {org}, {admin}, c.id, 1,
    event_body('channel_created', c.id, 1, json_build_object('channel', channel_json(c, 1)))
    from channel c where c.id in (select id from made) order by c.id;
insert into member (channel_id, user_id, joined_seq) select channel_id, user_id, seq from seat;
insert into event (kind, org_id, user_id, channel_id, seq, body) select 1210, {org}, s.user_id, s.channel_id, s.seq,
    event_body('user_joined', s.channel_id, s.seq, json_build_object('user',
        json_build_object('id', s.user_id, 'username', u.username, 'display_name', u.display_name),
        'user_id', s.user_id, 'invited_by', null, 'role', 'member'))
    from seat s join user_copy u on u.user_id = s.user_id order by s.channel_id, s.seq;
select id from made order by i;
"""


class Person:
    def __init__(self, user, token):
        self.id, self.token = user, token


class People:
    def __init__(self, suite):
        self.suite = suite
        self.org = suite.org()
        self.key, self.kid = self._signing_key()

    def _signing_key(self):
        kid, sealed = self.suite.psql("select kid, encode(private_key, 'base64') from auth.signing_key order by activates_at limit 1").split("|", 1)
        sealed = base64.b64decode(sealed)
        secret = self.suite.env_of("auth")["PALIQUE_AUTH_KEY_SECRET"].encode()
        key = HKDF(hashes.SHA256(), 32, b"palique", SEAL_PURPOSE).derive(secret)
        pem = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], kid.encode())
        return serialization.load_pem_private_key(pem, None), kid

    def token(self, user):
        now = int(time.time())
        claims = {"iss": "palique", "aud": "palique", "token_use": "access", "sub": str(user), "org": self.org.id, "role": "member",
                  "sid": 10**9 + user, "iat": now, "nbf": now, "exp": now + 86400, "jti": f"bench-{user}"}
        return jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": self.kid})

    def make(self, count):
        """New members of the organisation, known to all services."""
        ids = self._sql("auth", ACCOUNTS.format(org=self.org.id, count=count))
        self.org.member()  # announces auth's new events
        for service in ("chat", "notify", "admin"):
            self._await_copies(service)
        return [Person(user, self.token(user)) for user in ids]

    def _await_copies(self, service):
        until(lambda: self.suite.psql(f"select count(*) from auth.event e, {service}.consumer_position p where p.source = 'auth'"
                                      " and (e.tx, e.id) > (p.tx, p.id)") == "0", f"{service} to know everyone", timeout=300, interval=0.1)

    def channels(self, count, groups):
        """Ids of new channels; channel i has the people of groups[i % len(groups)]."""
        members = json.dumps([[p.id for p in group] for group in groups])
        return self._sql("chat", CHANNELS.format(groups=members, count=count, org=self.org.id, admin=self.org.admin.id))

    def _sql(self, schema, text):
        path = self.suite.folder / "bench.sql"
        path.write_text("begin;\nset local search_path = %s, pg_temp;\n%s\ncommit;\ndrop table if exists grp, made, seat;\n" % (schema, text))
        return [int(line) for line in self.suite.psql(None, file=path).splitlines()]

"""What the suite's figures stand beside: a bare broadcast loop and raw batched inserts, in the same run on the same machine."""

import json
import re
import subprocess
import tempfile

import load
from paths import TOOLS
from usage import ProcessUsage

TABLE = """
drop table if exists bench_insert;
create table bench_insert (id bigint generated always as identity primary key, channel_id bigint not null, seq bigint not null,
    user_id bigint not null, client_id uuid not null, created_at timestamptz not null, body text not null);
create unique index on bench_insert (channel_id, seq);
"""

# One transaction a batch: as many bytes a message as the suite stores (message and event), one index beside the key.
BATCH = """\\set n random(1, 1000000000)
insert into bench_insert (channel_id, seq, user_id, client_id, created_at, body)
select i % 50, nextval('bench_insert_id_seq'), i, gen_random_uuid(), now(), repeat('x', {body}) from generate_series(1, {batch}) i;
"""


class BareLoop:
    """with BareLoop() as loop: loop.load(…): the bare loop with members in the same channels as a suite would have."""

    def __enter__(self):
        self.process = subprocess.Popen([str(TOOLS / "reference_fanout")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def load(self, channels, members, senders, **options):
        """members sockets in each channel, of which the first senders send."""
        plan = [(f"ref-{channel}", [channel], n < senders) for channel in range(1, channels + 1) for n in range(members)]
        return load.run(self.port, plan, ProcessUsage("bare", self.process.pid), **options)


def inserts(rig, batch, seconds, clients=1, body=420):
    """Rows a second through pgbench into the suite's own PostgreSQL, synchronous_commit on."""
    postgres, database = rig.suite.postgres, rig.suite.database
    rig.suite.psql(TABLE)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(BATCH.format(batch=batch, body=body))
        script.flush()
        done = subprocess.run([postgres.bin / "pgbench", "-n", "-M", "prepared", "-h", postgres.folder, "-U", "postgres", "-c", str(clients),
                               "-j", "1", "-T", str(seconds), "-f", script.name, database], check=True, capture_output=True, text=True)
    rig.suite.psql("drop table bench_insert")
    per_second = float(re.search(r"tps = ([0-9.]+)", done.stdout).group(1))
    return {"batch": batch, "clients": clients, "rows_per_s": round(per_second * batch, 1), "commits_per_s": round(per_second, 1)}

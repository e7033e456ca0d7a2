# In place of versity/versitygw: s3rver, which tests/system/test_s3.py uses too, behind the words that compose.yml gives to versitygw. It asks for the
# access key, but does not check signatures. Context: tests/.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm ca-certificates wget
WORKDIR /s3
COPY s3/package.json s3/package-lock.json ./
RUN --mount=type=secret,id=authorities NODE_EXTRA_CA_CERTS=/run/secrets/authorities npm ci
COPY <<'END' key.js
require("/s3/node_modules/s3rver/lib/models/account").DUMMY_ACCOUNT.createKeyPair(process.env.ROOT_ACCESS_KEY, process.env.ROOT_SECRET_KEY);
END
COPY --chmod=755 <<'END' /usr/local/bin/versitygw
#!/bin/sh
# versitygw --quiet --health /health posix FOLDER
set -eu
[ "$*" = "--quiet --health /health posix $5" ]
[ -n "$ROOT_SECRET_KEY" ]
mkdir -p "$5/health" # a bucket of this name answers what asks for the health
exec node --require /s3/key.js /s3/node_modules/.bin/s3rver --silent --no-vhost-buckets --address 0.0.0.0 --port 7070 --directory "$5"
END

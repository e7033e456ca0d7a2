# The images of Palique: one target each for auth, chat, notify, admin, gateway and edge.
#   docker build --target chat -t palique-chat .        or all of them: docker compose build
# An image holds its program, the libraries that it needs, and nothing else: no shell, no package manager. It runs as a numeric user and writes
# nowhere but to the volumes that docs/install-compose.md names. What is in it is told by /usr/share/palique/sbom.cdx.json.

FROM debian:bookworm-slim AS debian
ENV DEBIAN_FRONTEND=noninteractive
# Sources too, in whichever of its two forms the list of the base image is.
RUN for list in /etc/apt/sources.list.d/*.sources; do [ ! -f "$list" ] || sed -i 's/^Types: deb$/Types: deb deb-src/' "$list"; done; \
    [ ! -s /etc/apt/sources.list ] || sed -i -n 'p; s/^deb /deb-src /p' /etc/apt/sources.list; \
    apt-get update

# ---- what is compiled with, and against
FROM debian AS tools
RUN apt-get install -y --no-install-recommends gcc g++ libc6-dev cmake ninja-build meson pkg-config python3 dpkg-dev ca-certificates nginx \
    libmicrohttpd-dev libnng-dev libseccomp-dev libmagic-dev libcurl4-openssl-dev libpq-dev libjansson-dev libargon2-dev libstemmer-dev \
    libjwt-dev libwslay-dev libhiredis-dev libssl-dev zlib1g-dev \
    libglib2.0-dev libexpat1-dev libjpeg62-turbo-dev libpng-dev libwebp-dev libcgif-dev libimagequant-dev liblcms2-dev libexif-dev

# Debian's libvips needs a hundred libraries, 99 MB. The same source with only what palique-media opens and writes needs twelve.
FROM tools AS vips
WORKDIR /usr/src
RUN apt-get source vips && cd vips-* && dpkg-parsechangelog -S Version >/usr/src/vips.version && \
    meson setup build --prefix=/usr -Doptimization=2 -Ddebug=false -Dauto_features=disabled -Ddeprecated=false -Dexamples=false -Dcplusplus=false \
        -Dintrospection=false -Dppm=false -Danalyze=false -Dradiance=false \
        -Djpeg=enabled -Dpng=enabled -Dwebp=enabled -Dcgif=enabled -Dimagequant=enabled -Dlcms=enabled -Dexif=enabled -Dzlib=enabled && \
    meson compile -C build && meson install -C build --no-rebuild

FROM vips AS build
WORKDIR /palique
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY proto proto
COPY lib lib
COPY tools tools
COPY services services
RUN cmake --preset release && ninja -C build/release

# ---- the web client
FROM debian AS node
RUN apt-get install -y --no-install-recommends nodejs npm ca-certificates

FROM node AS web
WORKDIR /web
COPY web/package.json web/package-lock.json ./
# Where the way out goes through an inspecting proxy, its authority is handed in as this secret; else it is an empty file, or none.
RUN --mount=type=secret,id=authorities NODE_EXTRA_CA_CERTS=/run/secrets/authorities npm ci
COPY web ./
RUN npm run build

# ---- the file trees of the images
FROM build AS trees
COPY LICENSE ./
COPY --from=web /web/dist web/dist
COPY web/package-lock.json web/
COPY deploy/nginx deploy/nginx
COPY deploy/docker deploy/docker
RUN python3 deploy/docker/trees.py /trees

# What every service needs: one layer that they share.
FROM scratch AS base
COPY --from=trees /trees/base/ /
USER 10001:10001
STOPSIGNAL SIGTERM

FROM base AS auth
COPY --from=trees /trees/auth/ /
ENV PALIQUE_AUTH_BUS_LISTEN=tls+tcp://0.0.0.0:7000 PALIQUE_AUTH_OPS=0.0.0.0:9090
EXPOSE 7000 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=500ms CMD ["/usr/bin/palique-auth", "--health"]
ENTRYPOINT ["/usr/bin/palique-auth"]

FROM base AS chat
COPY --from=trees /trees/chat/ /
COPY --from=trees --chown=10001:10001 /trees/chat-own/ /var/lib/palique/
ENV PALIQUE_CHAT_BUS_LISTEN=tls+tcp://0.0.0.0:7000 PALIQUE_CHAT_OPS=0.0.0.0:9090 PALIQUE_CHAT_LISTEN=0.0.0.0:8080
EXPOSE 7000 8080 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=500ms CMD ["/usr/bin/palique-chat", "--health"]
ENTRYPOINT ["/usr/bin/palique-chat"]

FROM base AS notify
COPY --from=trees /trees/notify/ /
ENV PALIQUE_NOTIFY_BUS_LISTEN=tls+tcp://0.0.0.0:7000 PALIQUE_NOTIFY_OPS=0.0.0.0:9090 PALIQUE_NOTIFY_LISTEN=0.0.0.0:8080
EXPOSE 7000 8080 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=500ms CMD ["/usr/bin/palique-notify", "--health"]
ENTRYPOINT ["/usr/bin/palique-notify"]

FROM base AS admin
COPY --from=trees /trees/admin/ /
ENV PALIQUE_ADMIN_BUS_LISTEN=tls+tcp://0.0.0.0:7000 PALIQUE_ADMIN_OPS=0.0.0.0:9090 PALIQUE_ADMIN_LISTEN=0.0.0.0:8080
EXPOSE 7000 8080 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=500ms CMD ["/usr/bin/palique-admin", "--health"]
ENTRYPOINT ["/usr/bin/palique-admin"]

FROM base AS gateway
COPY --from=trees /trees/gateway/ /
ENV PALIQUE_GATEWAY_OPS=0.0.0.0:9090 PALIQUE_GATEWAY_LISTEN=0.0.0.0:8080 \
    PALIQUE_STATIC_DIR=/usr/share/palique/web PALIQUE_DOCS_DIR=/usr/share/palique/docs
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=500ms CMD ["/usr/bin/palique-gateway", "--health"]
ENTRYPOINT ["/usr/bin/palique-gateway"]

FROM scratch AS edge
COPY --from=trees /trees/edge/ /
COPY --from=trees --chown=10001:10001 /trees/edge-own/ /run/
USER 10001:10001
EXPOSE 8080 8443
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=500ms CMD ["/usr/bin/palique-probe", "127.0.0.1:9090"]
ENTRYPOINT ["/usr/sbin/nginx", "-c", "/etc/palique/nginx.conf", "-e", "stderr", "-g", "daemon off;"]

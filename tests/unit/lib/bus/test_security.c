/* Who is let in: the ipc folder, stale and live sockets, plain tcp, mutual TLS. */
#include "rig.h"

#include "bus/address.h"
#include "bus/server.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum pal_code try_listen(const char *address, const struct pal_bus_security *security,
                                struct pal_error *err)
{
    struct rig_service s;
    struct pal_bus_server_config config = rig_service_config(&s, address, "echo");
    if (security)
        config.security = *security;
    *err = (struct pal_error){0};
    enum pal_code code = pal_bus_server_start(&config, &s.server, err);
    if (code == PAL_OK)
        pal_bus_server_free(s.server);
    return code;
}

static void the_folder_must_be_ours_alone(void)
{
    char folder[128], address[200];
    struct pal_error err;
    rig_path(folder, sizeof folder, "open");
    (void)snprintf(address, sizeof address, "ipc://%s/s", folder);
    CHECK(try_listen(address, NULL, &err) == PAL_INVALID && strstr(err.detail, "does not exist"));
    CHECK(mkdir(folder, 0755) == 0);
    CHECK(try_listen(address, NULL, &err) == PAL_INVALID && strstr(err.detail, "0700"));
    CHECK(chmod(folder, 0700) == 0 && try_listen(address, NULL, &err) == PAL_OK);
    if (geteuid() == 0) {
        CHECK(chown(folder, 65534, 65534) == 0);
        CHECK(try_listen(address, NULL, &err) == PAL_INVALID && strstr(err.detail, "belong"));
    }
}

static void the_socket_is_ours_alone_and_stale_ones_go(void)
{
    char address[128], path[128];
    struct rig_service s, second;
    struct pal_error err;
    struct stat st;
    rig_address(address, sizeof address, "s");
    rig_path(path, sizeof path, "s");
    close(rig_raw_listen(address)); /* what a killed process leaves */
    CHECK(lstat(path, &st) == 0);
    rig_service_start(&s, address, "echo");
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    struct pal_bus_server_config config = rig_service_config(&second, address, "echo");
    CHECK(pal_bus_server_start(&config, &second.server, &err) == PAL_UNAVAILABLE);
    CHECK(strstr(err.detail, "in use"));
    CHECK(stat(path, &st) == 0); /* and the live one is still there */
    pal_bus_server_free(s.server);
    CHECK(stat(path, &st) != 0);
    FILE *f = fopen(path, "we");
    CHECK(f && fclose(f) == 0);
    CHECK(try_listen(address, NULL, &err) == PAL_INVALID && strstr(err.detail, "not a socket"));
    CHECK(stat(path, &st) == 0);
}

static void wrong_addresses_are_named(void)
{
    static const char *const wrong[] = {"",
                                        "http://x:1",
                                        "ipc://relative/x",
                                        "ipc://",
                                        "tls+tcp://host",
                                        "tls+tcp://host:",
                                        "tls+tcp://host:65536",
                                        "tls+tcp://host:1x",
                                        "tls+tcp://:1",
                                        "tls+tcp://[::1",
                                        "tls+tcp://[::1]1",
                                        "tls+tcp://a b:1",
                                        "tcp://localhost:1",
                                        "ipc:///tmp/a,",
                                        "ipc:///a%20b"};
    struct bus_address list[BUS_TARGETS_MAX];
    struct pal_error err;
    size_t n;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        err = (struct pal_error){0};
        CHECK(bus_address_list(wrong[i], false, list, &n, &err) == PAL_INVALID && err.detail[0]);
    }
    char longest[160] = "ipc:///";
    memset(longest + 7, 'x', 106);
    CHECK(bus_address_list(longest, false, list, &n, &err) == PAL_OK);
    longest[7 + 106] = 'x';
    CHECK(bus_address_list(longest, false, list, &n, &err) == PAL_INVALID);
    CHECK(strstr(err.detail, "107"));
    CHECK(bus_address_list("tls+tcp://[::1]:5, ipc:///a ,tcp://b.c:0", true, list, &n, &err) ==
          PAL_OK);
    CHECK(n == 3 && strcmp(list[0].url, "tls+tcp://[::1]:5") == 0 && list[1].transport == BUS_IPC);
    CHECK(bus_address_literal(&list[0]) && !bus_address_literal(&list[2]));
}

static void plain_tcp_must_be_allowed_out_loud(void)
{
    struct pal_error err;
    struct rig_service s;
    struct rig_client c;
    char address[64];
    CHECK(try_listen("tcp://127.0.0.1:0", NULL, &err) == PAL_INVALID);
    CHECK(strstr(err.detail, "not encrypted"));
    struct pal_bus_server_config config = rig_service_config(&s, "tcp://127.0.0.1:0", "echo");
    config.security.allow_plain = true;
    CHECK(pal_bus_server_start(&config, &s.server, &err) == PAL_OK);
    (void)snprintf(address, sizeof address, "tcp://127.0.0.1:%d", bus_server_port(s.server));
    struct pal_bus_client_config client;
    rig_client_config(&c, &client, address);
    CHECK(pal_bus_client_start(&client, &c.client, &err) == PAL_INVALID);
    client.security.allow_plain = true;
    CHECK(pal_bus_client_start(&client, &c.client, &err) == PAL_OK);
    TURN_UNTIL(&c, c.ups == 1);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

/* ---- TLS
 * ------------------------------------------------------------------------------------------ */

struct identity {
    char ca[128], cert[128];
};

static struct identity identity_of(const char *ca, const char *name)
{
    struct identity id;
    char file[32];
    (void)snprintf(file, sizeof file, "%s.pem", ca);
    rig_path(id.ca, sizeof id.ca, file);
    (void)snprintf(file, sizeof file, "%s.pem", name);
    rig_path(id.cert, sizeof id.cert, file);
    return id;
}

static void tls_client(struct rig_client *c, const char *address, const struct identity *id)
{
    struct pal_bus_client_config config;
    struct pal_error err;
    rig_client_config(c, &config, address);
    config.security = (struct pal_bus_security){id->ca, id->cert, false};
    CHECK(pal_bus_client_start(&config, &c->client, &err) == PAL_OK);
}

/* Connections are made and none comes up: waits for several attempts that the service has turned
 * down. */
static void is_refused(const char *address, const struct identity *id)
{
    struct rig_client c;
    tls_client(&c, address, id);
    int64_t until =
        pal_mono_ms() + 1500; /* attempts have no trace to wait for: they fail inside TLS */
    while (pal_mono_ms() < until) {
        rig_turn(&c);
        rig_breathe();
        CHECK(c.ups == 0 && !pal_bus_client_ready(c.client));
    }
    rig_client_end(&c);
}

static void only_certificates_of_the_ca_get_in(void)
{
    char address[64], by_number[64];
    struct rig_service s;
    struct rig_client c;
    struct pal_error err;
    rig_make_ca("ca");
    rig_make_ca("evil");
    rig_make_cert("ca", "node");
    rig_make_cert("evil", "mallory");
    struct identity good = identity_of("ca", "node"), none = identity_of("ca", "nothing");
    struct identity evil = identity_of("ca", "mallory"), fooled = identity_of("evil", "node");
    struct pal_bus_security security = {good.ca, good.cert, false},
                            missing = {good.ca, NULL, false};
    struct pal_bus_security unreadable = {none.ca, none.cert, false};
    CHECK(try_listen("tls+tcp://localhost:0", &missing, &err) == PAL_INVALID);
    CHECK(try_listen("tls+tcp://localhost:0", &unreadable, &err) == PAL_INVALID);

    struct pal_bus_server_config config = rig_service_config(&s, "tls+tcp://localhost:0", "echo");
    config.security = security;
    CHECK(pal_bus_server_start(&config, &s.server, &err) == PAL_OK);
    int port = bus_server_port(s.server);
    (void)snprintf(address, sizeof address, "tls+tcp://localhost:%d", port);
    (void)snprintf(by_number, sizeof by_number, "tls+tcp://127.0.0.1:%d", port);
    is_refused(address, &evil);     /* the service does not know this client's CA */
    is_refused(address, &fooled);   /* the client does not know the service's CA */
    is_refused(by_number, &good);   /* the certificate is for another name */
    tls_client(&c, address, &good); /* and the right one still gets in */
    TURN_UNTIL(&c, c.ups == 1);
    struct pal_frame f = {.id = 1};
    pal_bus_request(c.client, 0, &f, rig_on_reply, &c);
    TURN_UNTIL(&c, c.replies == 1);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

static void large_messages_and_a_drain_over_tls(void)
{
    char address[64];
    struct rig_service s;
    struct rig_client c;
    struct pal_error err;
    struct identity good = identity_of("ca", "node");
    struct pal_bus_server_config config = rig_service_config(&s, "tls+tcp://localhost:0", "echo");
    config.security = (struct pal_bus_security){good.ca, good.cert, false};
    CHECK(pal_bus_server_start(&config, &s.server, &err) == PAL_OK);
    (void)snprintf(address, sizeof address, "tls+tcp://localhost:%d", bus_server_port(s.server));
    tls_client(&c, address, &good);
    TURN_UNTIL(&c, c.ups == 1);
    size_t n = 1 << 20;
    char *big = calloc(1, n);
    CHECK(big);
    for (int i = 0; i < 20; i++) {
        struct pal_frame f = {.id = 1, .channel = (uint64_t)i, .body = {big, n}};
        pal_bus_request(c.client, 0, &f, rig_on_reply, &c);
    }
    TURN_UNTIL(&c, c.replies == 20);
    free(big);
    for (int i = 0; i < 1000; i++) {
        struct pal_frame f = {.id = 1, .body = PAL_STR("leaves before the door closes")};
        pal_bus_request(c.client, 0, &f, rig_on_reply, &c);
    }
    pal_bus_flush(c.client);
    UNTIL(atomic_load(&s.requests) == 1020);
    pal_bus_server_drain(s.server, RIG_PATIENCE_MS);
    TURN_UNTIL(&c, c.downs == 1);
    CHECK(c.replies == 1020 && c.failures == 0);
    rig_client_end(&c);
    pal_bus_server_free(s.server);
}

int main(void)
{
    rig_start();
    the_folder_must_be_ours_alone();
    the_socket_is_ours_alone_and_stale_ones_go();
    wrong_addresses_are_named();
    plain_tcp_must_be_allowed_out_loud();
    only_certificates_of_the_ca_get_in();
    large_messages_and_a_drain_over_tls();
    rig_end();
    return 0;
}

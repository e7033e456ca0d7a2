/* A name with several addresses, as of a headless Kubernetes service: every address is a replica,
 * new ones are found, gone ones are given up. Puts a hosts file of its own over /etc/hosts in a
 * mount namespace of its own; where that is not allowed it says so and passes. */
#include "rig.h"

#include "bus/server.h"

#include <sched.h>
#include <string.h>
#include <sys/mount.h>

static char hosts[128];

static void write_hosts(const char *text)
{
    FILE *f = fopen(hosts, "we"); /* in place: the mount shows this inode */
    CHECK(f && fputs("127.0.0.1 localhost\n", f) >= 0 && fputs(text, f) >= 0 && fclose(f) == 0);
}

static bool own_hosts(void)
{
    rig_path(hosts, sizeof hosts, "hosts");
    if (unshare(CLONE_NEWNS) != 0)
        return false;
    write_hosts("");
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount(hosts, "/etc/hosts", NULL, MS_BIND, NULL) == 0;
}

static void start_on(struct rig_service *s, int host, int port)
{
    char address[64];
    struct pal_error err;
    (void)snprintf(address, sizeof address, "tcp://127.0.0.%d:%d", host, port);
    struct pal_bus_server_config config = rig_service_config(s, address, "echo");
    config.security.allow_plain = true;
    CHECK(pal_bus_server_start(&config, &s->server, &err) == PAL_OK);
}

static void replicas_follow_the_name(void)
{
    struct rig_service s[3];
    struct rig_client c;
    struct pal_bus_client_config config;
    struct pal_error err;
    char address[64];
    int port = rig_free_port();
    for (int i = 0; i < 3; i++)
        start_on(&s[i], i + 1, port);
    (void)snprintf(address, sizeof address, "tcp://replicas.test:%d", port);
    rig_client_config(&c, &config, address);
    config.security.allow_plain = true;
    CHECK(pal_bus_client_start(&config, &c.client, &err) == PAL_OK); /* the name is not known yet */
    write_hosts("127.0.0.1 replicas.test\n127.0.0.2 replicas.test\n");
    TURN_UNTIL(&c, c.ups == 2);
    write_hosts("127.0.0.2 replicas.test\n127.0.0.3 replicas.test\n");
    TURN_UNTIL(&c, c.ups == 3); /* the one that the name lost is kept as long as it works */
    pal_bus_server_free(s[0].server);
    TURN_UNTIL(&c, c.downs == 1);
    for (int i = 0; i < 20; i++) {
        struct pal_frame f = {.id = 1};
        pal_bus_request(c.client, 0, &f, rig_on_reply, &c);
    }
    TURN_UNTIL(&c, c.replies == 20);
    CHECK(c.failures == 0);
    CHECK(atomic_load(&s[1].requests) == 10 && atomic_load(&s[2].requests) == 10);
    rig_client_end(&c);
    pal_bus_server_free(s[1].server);
    pal_bus_server_free(s[2].server);
}

int main(void)
{
    rig_start();
    if (own_hosts())
        replicas_follow_the_name();
    else
        (void)puts("skipped: may not make a mount namespace");
    rig_end();
    return 0;
}

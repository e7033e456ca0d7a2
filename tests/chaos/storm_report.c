/* What a storm is told, and what it tells. */
#include "storm.h"

#include "wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* ---- options ---- */

static void read_ports(struct storm *s, const char *text)
{
    while (*text && s->n_ports < sizeof s->ports / sizeof s->ports[0]) {
        s->ports[s->n_ports++] = (uint16_t)wire_digits(text, &text);
        text += *text == ',';
    }
}

/* TOKEN CHANNEL */
static bool read_plan(struct storm *s, const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0, n = 0;
    bool ok = f;
    while (ok && getline(&line, &room, f) > 0) {
        char *space = strchr(line, ' ');
        if (s->n == n) {
            n = n ? n * 2 : 64;
            s->clients = reallocarray(s->clients, n, sizeof *s->clients);
        }
        ok = space && s->clients;
        if (!ok)
            break;
        *space = '\0';
        s->clients[s->n++] = (struct client){.fd = -1,
                                             .token = strdup(line),
                                             .channel = wire_digits(space + 1, NULL),
                                             .back_ms = -1};
    }
    free(line);
    if (f)
        (void)fclose(f);
    return ok && s->n > 0;
}

const char *storm_options(struct storm *s, char **argv)
{
    s->connecting = 200;
    for (int i = 1; argv[i]; i += 2) {
        if (!argv[i + 1])
            return argv[i];
        if (strcmp(argv[i], "--port") == 0)
            read_ports(s, argv[i + 1]);
        else if (strcmp(argv[i], "--connecting") == 0)
            s->connecting = wire_digits(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--plan") != 0 || !read_plan(s, argv[i + 1]))
            return argv[i];
    }
    return s->n && s->n_ports ? NULL : "--plan and --port";
}

/* ---- counts ---- */

static int64_t own_cpu_us(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * INT64_C(1000000) + u.ru_utime.tv_usec +
           u.ru_stime.tv_usec;
}

void storm_mark(struct storm *s)
{
    s->count = (struct count){0};
    s->cpu_us = own_cpu_us();
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* How long those were away who lost their socket and are back, ms. */
static void print_away(const struct storm *s)
{
    int64_t *away = calloc(s->n, sizeof *away);
    size_t n = 0;
    for (size_t i = 0; away && i < s->n; i++)
        if (s->clients[i].lost_ms > 0 && s->clients[i].back_ms >= 0)
            away[n++] = s->clients[i].back_ms - s->clients[i].lost_ms;
    if (n > 0)
        qsort(away, n, sizeof *away, ascending);
    printf("\"away_ms\":{\"p50\":%" PRId64 ",\"p99\":%" PRId64 ",\"max\":%" PRId64 "},",
           n ? away[n / 2] : 0, n ? away[n * 99 / 100] : 0, n ? away[n - 1] : 0);
    free(away);
}

static size_t open_now(const struct storm *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->clients[i].state == CLIENT_OPEN && s->clients[i].back_ms >= 0;
    return n;
}

/* The client of each channel that is furthest behind. */
static void print_positions(const struct storm *s)
{
    printf("\"positions\":{");
    const char *comma = "";
    for (size_t i = 0; i < s->n; i++) {
        const struct client *c = &s->clients[i];
        bool behind = true;
        for (size_t j = 0; behind && j < s->n; j++) {
            const struct client *o = &s->clients[j];
            behind = o->channel != c->channel || o->position > c->position ||
                     (o->position == c->position && j >= i);
        }
        if (behind) {
            printf("%s\"%" PRIu64 "\":%" PRIu64, comma, c->channel, c->position);
            comma = ",";
        }
    }
    printf("}");
}

void storm_report(struct storm *s)
{
    const struct count *c = &s->count;
    const struct {
        const char *name;
        uint64_t value;
    } all[] = {
        {"lost", c->lost},         {"restarts", c->restarts},     {"windows", c->windows},
        {"attempts", c->attempts}, {"failed", c->failed},         {"refused", c->refused},
        {"timeouts", c->timeouts}, {"retry_min_s", c->retry_min}, {"retry_max_s", c->retry_max},
        {"events", c->events},     {"missed", c->missed},         {"early", c->early},
        {"repeated", c->repeated}, {"skipped", c->skipped},       {"gaps", c->gaps},
        {"errors", c->errors},     {"strangers", c->strangers}};
    printf("{\"clients\":%zu,\"open\":%zu,\"cpu_s\":%.2f,", s->n, open_now(s),
           (double)(own_cpu_us() - s->cpu_us) / 1e6);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        printf("\"%s\":%" PRIu64 ",", all[i].name, all[i].value);
    print_away(s);
    print_positions(s);
    printf("}\n");
    (void)fflush(stdout);
}

/* Load generator for WebSockets: load --port N --plan FILE [--rate N | --window N] [--seconds N]
 * [--warmup N] …
 *
 *   --address A     where the server is (127.0.0.1)      --path P       of the WebSocket (/ws)
 *   --plan FILE     one socket a line: TOKEN CHANNEL[,CHANNEL…] s|-     s: it sends, to its
 * channels in turn
 *   --rate N        open loop: N messages a second, all senders together, evenly planned
 *   --window N      closed loop: N unanswered messages a sender
 *   --content N     bytes of content (100)               --connecting N handshakes at a time (100)
 *
 * Without rate and window the sockets only are there. Prints one JSON object a line:
 * {"event":"connected"} when all are greeted, then waits for a line on standard input; "start" and
 * "end" of what counts, then "result". The end of standard input ends it. */
#include "load.h"
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CHANNELS_MAX = 10000 };

bool load_turn(struct load *l, int64_t timeout_ns)
{
    struct timespec t = {timeout_ns / 1000000000, timeout_ns % 1000000000};
    bool input = false;
    int n = epoll_pwait2(l->pool.epoll, l->events, LOAD_EVENTS, &t, NULL);
    for (int i = 0; i < n; i++) {
        struct client *c = l->events[i].data.ptr;
        if (!c) {
            input = true;
            continue;
        }
        /* Of each read: what waited behind another is not to look younger than it is. */
        l->told_ns = wire_now_ns();
        client_event(&l->pool, c, l->events[i].events);
        if (c->state == CLIENT_OPEN && c->out.n > 0 && !c->writing)
            client_flush(&l->pool, c);
    }
    return input;
}

static void die(const char *why, const char *what)
{
    (void)fprintf(stderr, "load: %s: %s\n", why, what);
    exit(2);
}

static void *make(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (!p)
        die("memory", strerror(errno));
    return p;
}

/* ---- the plan ---- */

static void read_channels(struct client *c, const char *list)
{
    uint32_t found[CHANNELS_MAX] = {0};
    unsigned n = 0;
    while (*list >= '0' && *list <= '9' && n < CHANNELS_MAX) {
        found[n++] = (uint32_t)wire_digits(list, &list);
        list += *list == ',';
    }
    c->n_channels = n;
    c->channels = make(n ? n : 1, sizeof *found);
    memcpy(c->channels, found, n * sizeof *found);
}

/* TOKEN CHANNELS FLAG */
static void read_line(struct client *c, char *line)
{
    char *channels = strchr(line, ' ');
    char *flag = channels ? strchr(channels + 1, ' ') : NULL;
    if (!flag)
        die("plan", line);
    *channels = *flag = 0;
    c->token = strdup(line);
    c->sender = flag[1] == 's';
    read_channels(c, channels + 1);
    if (!c->token || (c->sender && c->n_channels == 0))
        die("plan", line);
}

static void read_plan(struct load *l)
{
    FILE *f = fopen(l->options.plan, "r");
    char *line = NULL;
    size_t room = 0, n = 0;
    if (!f)
        die(l->options.plan, strerror(errno));
    while (getline(&line, &room, f) > 0) {
        if (l->n_clients == n) {
            n = n ? n * 2 : 64;
            l->clients = realloc(l->clients, n * sizeof *l->clients);
            if (!l->clients)
                die("memory", strerror(errno));
        }
        l->clients[l->n_clients] = (struct client){0};
        read_line(&l->clients[l->n_clients++], line);
    }
    free(line);
    (void)fclose(f);
    l->senders = make(l->n_clients + 1, sizeof(struct client *));
    for (size_t i = 0; i < l->n_clients; i++) {
        if (l->clients[i].sender)
            l->senders[l->n_senders++] = &l->clients[i];
    }
}

/* ---- options ---- */

static const char *next_word(char **argv, int *i)
{
    if (!argv[*i + 1])
        die("needs a value", argv[*i]);
    return argv[++*i];
}

static void read_options(char **argv, struct load_options *o)
{
    const struct {
        const char *name;
        const char **text;
        uint64_t *number;
    } known[] = {
        {"--address", &o->address, NULL}, {"--plan", &o->plan, NULL},
        {"--path", &o->path, NULL},       {"--port", NULL, &o->port},
        {"--rate", NULL, &o->rate},       {"--window", NULL, &o->window},
        {"--seconds", NULL, &o->seconds}, {"--warmup", NULL, &o->warmup},
        {"--content", NULL, &o->content}, {"--connecting", NULL, &o->connecting},
    };
    size_t n = sizeof known / sizeof *known;
    for (int i = 1; argv[i]; i++) {
        size_t k = 0;
        while (k < n && strcmp(known[k].name, argv[i]) != 0)
            k++;
        if (k == n)
            die("unknown option", argv[i]);
        const char *word = next_word(argv, &i);
        if (known[k].text)
            *known[k].text = word;
        else
            *known[k].number = wire_digits(word, NULL);
    }
    if (!o->plan || !o->port || o->content > LOAD_CONTENT_MAX || (o->rate && o->window))
        die("options", "--port and --plan; --content up to 16000; --rate or --window");
}

/* ---- connecting ---- */

static void prepare(struct load *l)
{
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
    l->pool = (struct client_pool){.path = l->options.path,
                                   .text = load_on_text,
                                   .closed = load_on_closed,
                                   .ctx = l,
                                   .random = (uint64_t)wire_now_ns() | 1,
                                   .buffer = make(1, CLIENT_BUFFER)};
    l->pool.address.sin_family = AF_INET;
    l->pool.address.sin_port = htons((uint16_t)l->options.port);
    if (inet_pton(AF_INET, l->options.address, &l->pool.address.sin_addr) != 1)
        die("address", l->options.address);
    l->pool.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (l->pool.epoll < 0 || epoll_ctl(l->pool.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0)
        die("epoll", strerror(errno));
}

static void connect_all(struct load *l)
{
    size_t begun = 0;
    while (l->n_open + l->n_closed < l->n_clients) {
        while (begun < l->n_clients && begun - l->n_open - l->n_closed < l->options.connecting) {
            if (!client_open(&l->pool, &l->clients[begun]))
                die("socket", strerror(errno));
            begun++;
        }
        (void)load_turn(l, 1000000000);
        if (l->n_closed > 0)
            die("connecting", l->error);
    }
}

/* True: a line; false: the end of standard input. */
static bool await_word(struct load *l)
{
    char c = 0;
    while (!load_turn(l, 1000000000)) {
    }
    return read(STDIN_FILENO, &c, 1) == 1;
}

int main(int argc, char **argv)
{
    static struct load l = {.options = {.address = "127.0.0.1",
                                        .path = "/ws",
                                        .seconds = 10,
                                        .warmup = 2,
                                        .content = 100,
                                        .connecting = 100}};
    (void)argc;
    read_options(argv, &l.options);
    read_plan(&l);
    prepare(&l);
    int64_t before = wire_now_ns();
    connect_all(&l);
    printf("{\"event\":\"connected\",\"sockets\":%zu,\"seconds\":%.3f}\n", l.n_open,
           (double)(wire_now_ns() - before) / 1e9);
    (void)fflush(stdout);
    if (await_word(&l) && (l.options.rate || l.options.window))
        load_run(&l);
    return 0;
}

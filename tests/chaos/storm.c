/* Thousands of WebSocket clients that come back: storm --plan FILE --port N[,N…] [--connecting N]
 *
 *   --plan FILE   one client a line: TOKEN CHANNEL
 *   --port N,…    gateways on 127.0.0.1; who loses one tries the next
 *   --connecting  handshakes at a time, of the first connection only (200)
 *
 * Each client knows how far it has read its channel. When it loses its socket, it waits a random
 * time within the window that the server told (hello, or the reason of the close), then tries with
 * exponential back-off and full jitter; Retry-After is kept. Back again it resumes. Commands on
 * standard input, one a line: `mark` counts anew, `report` prints JSON; its end ends all. */
#include "storm.h"

#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, TICK_MS = 5, BACKOFF_FIRST_MS = 500, BACKOFF_MAX_MS = 15000, OPEN_MS = 15000 };

static struct storm storm;

static int64_t now_ms(void)
{
    return wire_now_ns() / 1000000;
}

static uint64_t below(uint64_t n)
{
    storm.random ^= storm.random << 13;
    storm.random ^= storm.random >> 7;
    storm.random ^= storm.random << 17;
    return n > 0 ? storm.random % n : 0;
}

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "storm: %s: %s\n", what, why);
    exit(2);
}

/* ---- losing a socket ---- */

static void wait_between(struct client *c, uint64_t min_ms, uint64_t max_ms)
{
    c->state = CLIENT_WAITING;
    c->due_ms = now_ms() + (int64_t)(min_ms + below(max_ms > min_ms ? max_ms - min_ms : 1));
}

static void drop(struct client *c)
{
    if (c->fd >= 0)
        (void)close(c->fd);
    c->fd = -1;
    c->n = 0;
    c->port++;
}

/* An open socket is gone; min and max: as the close said, or 0. */
static void lost(struct client *c, uint64_t min_ms, uint64_t max_ms)
{
    drop(c);
    c->lost_ms = now_ms();
    c->back_ms = -1;
    c->tries = 0;
    storm.count.lost++;
    wait_between(c, max_ms ? min_ms : c->min_ms, max_ms ? max_ms : c->max_ms);
}

/* An attempt has failed. retry_s: what the server said, or 0. */
static void failed(struct client *c, uint64_t retry_s)
{
    uint64_t most = BACKOFF_FIRST_MS;
    drop(c);
    for (unsigned i = 0; i < c->tries && most < BACKOFF_MAX_MS; i++)
        most *= 2;
    c->tries++;
    storm.count.failed++;
    wait_between(c, retry_s * 1000, retry_s * 1000 + most);
}

static void gone(struct client *c)
{
    if (c->state == CLIENT_OPEN)
        lost(c, 0, 0);
    else
        failed(c, 0);
}

/* ---- talking ---- */

static void watch(struct client *c, int how, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(storm.epoll, how, c->fd, &e) != 0)
        die("epoll_ctl", strerror(errno));
}

static void begin(struct client *c)
{
    const int one = 1;
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons(storm.ports[c->port % storm.n_ports]),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        die("socket", strerror(errno));
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->state = CLIENT_CONNECTING;
    c->due_ms = now_ms() + OPEN_MS;
    storm.count.attempts++;
    if (connect(c->fd, (struct sockaddr *)&a, sizeof a) != 0 && errno != EINPROGRESS)
        failed(c, 0);
    else
        watch(c, EPOLL_CTL_ADD, EPOLLOUT);
}

/* What we write is small: it fits into the socket's buffer, or the socket is broken. */
static void say(struct client *c, const void *bytes, size_t n)
{
    if (send(c->fd, bytes, n, MSG_NOSIGNAL) != (ssize_t)n)
        gone(c);
}

static void ask(struct client *c)
{
    char text[2048];
    int n = snprintf(text, sizeof text,
                     "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Authorization: Bearer %s\r\n\r\n",
                     c->token);
    if (n < 0 || (size_t)n >= sizeof text)
        die("token", "too long");
    c->state = CLIENT_UPGRADING;
    watch(c, EPOLL_CTL_MOD, EPOLLIN);
    say(c, text, (size_t)n);
}

static void say_frame(struct client *c, uint8_t opcode, const char *payload, size_t n)
{
    uint8_t bytes[WIRE_HEAD_MAX + 256], mask[4] = {7, 5, 3, 1};
    if (n > 256)
        return;
    size_t head = wire_head(bytes, opcode, n, mask);
    memcpy(bytes + head, payload, n);
    wire_mask((char *)bytes + head, n, mask);
    say(c, bytes, head + n);
}

/* ---- hearing ---- */

static uint64_t number(const char *text, size_t n, const char *name, uint64_t otherwise)
{
    const char *at = wire_after(text, n, name);
    return at && *at >= '0' && *at <= '9' ? wire_digits(at, NULL) : otherwise;
}

static void back(struct client *c)
{
    c->resuming = false;
    if (c->back_ms < 0)
        c->back_ms = now_ms();
}

static void on_hello(struct client *c, const char *text, size_t n)
{
    char name[48], resume[128];
    (void)snprintf(name, sizeof name, "\"channel_id\":%" PRIu64 ",", c->channel);
    const char *at = wire_after(text, n, name);
    if (!at) {
        storm.count.strangers++;
        return;
    }
    uint64_t head = number(at, n - (size_t)(at - text), "\"head_seq\":", 0);
    c->min_ms = number(text, n, "\"min_ms\":", 0);
    c->max_ms = number(text, n, "\"max_ms\":", 0);
    c->state = CLIENT_OPEN;
    c->resuming = true;
    c->tries = 0;
    if (!c->known)
        c->position = head;
    c->known = true;
    storm.count.missed += head > c->position ? head - c->position : 0;
    int m = snprintf(resume, sizeof resume,
                     "{\"type\":\"resume\",\"positions\":{\"%" PRIu64 "\":%" PRIu64 "}}",
                     c->channel, c->position);
    say_frame(c, WIRE_TEXT, resume, (size_t)m);
}

static void on_event(struct client *c, const char *text, size_t n)
{
    uint64_t seq = number(text, n, "\"seq\":", 0);
    if (seq == 0 || number(text, n, "\"channel_id\":", 0) != c->channel ||
        wire_after(text, n, "{\"type\":\"read_marker\""))
        return;
    if (c->resuming && seq > c->position + 1) {
        storm.count.early++; /* it comes again: what was missed is sent first */
        return;
    }
    storm.count.events++;
    if (seq <= c->position)
        storm.count.repeated++;
    else if (seq > c->position + 1)
        storm.count.skipped++;
    c->position = seq;
}

static void on_text(struct client *c, const char *text, size_t n)
{
    if (wire_after(text, n < 32 ? n : 32, "{\"type\":\"hello\""))
        on_hello(c, text, n);
    else if (wire_after(text, n < 32 ? n : 32, "{\"type\":\"resumed\""))
        back(c);
    else if (wire_after(text, n < 32 ? n : 32, "{\"type\":\"gap\""))
        storm.count.gaps++;
    else if (wire_after(text, n < 32 ? n : 32, "{\"type\":\"error\""))
        storm.count.errors++;
    else
        on_event(c, text, n);
}

/* "…: reconnect in 100 to 3000 ms, resume" */
static void on_close(struct client *c, const struct wire_frame *f)
{
    unsigned code = f->n >= 2 ? (unsigned)(uint8_t)f->payload[0] << 8 | (uint8_t)f->payload[1] : 0;
    const char *at = wire_after(f->payload, f->n, "reconnect in ");
    const char *rest = NULL;
    uint64_t min = at ? wire_digits(at, &rest) : 0;
    const char *to = rest ? wire_after(rest, f->n - (size_t)(rest - f->payload), "to ") : NULL;
    uint64_t max = to ? wire_digits(to, NULL) : 0;
    if (code == 1012)
        storm.count.restarts++;
    if (max > 0)
        storm.count.windows++;
    lost(c, min, max);
}

static bool on_frame(struct client *c, const struct wire_frame *f)
{
    if (f->opcode == WIRE_TEXT)
        on_text(c, f->payload, f->n);
    else if (f->opcode == WIRE_PING)
        say_frame(c, WIRE_PONG, f->payload, f->n);
    else if (f->opcode == WIRE_CLOSE)
        on_close(c, f);
    return c->fd >= 0;
}

/* Bytes of the answer's head; 0: not whole yet, or refused. */
static size_t on_answer(struct client *c, const char *bytes, size_t n)
{
    const char *end = wire_after(bytes, n, "\r\n\r\n");
    if (!end)
        return 0;
    if (n > 12 && memcmp(bytes + 9, "101", 3) == 0) {
        c->state = CLIENT_GREETED;
        return (size_t)(end - bytes);
    }
    if (n > 12 && (memcmp(bytes + 9, "503", 3) == 0 || memcmp(bytes + 9, "504", 3) == 0))
        storm.count.refused++;
    else
        storm.count.strangers++;
    uint64_t retry = number(bytes, (size_t)(end - bytes), "Retry-After: ", 0);
    if (storm.count.retry_max == 0 || retry < storm.count.retry_min)
        storm.count.retry_min = retry;
    if (retry > storm.count.retry_max)
        storm.count.retry_max = retry;
    failed(c, retry);
    return 0;
}

static void consume(struct client *c, char *bytes, size_t n)
{
    size_t at = c->state == CLIENT_UPGRADING ? on_answer(c, bytes, n) : 0;
    struct wire_frame f;
    while (c->fd >= 0 && c->state != CLIENT_UPGRADING && wire_next(bytes + at, n - at, &f)) {
        at += f.whole;
        if (!on_frame(c, &f))
            return;
    }
    if (c->fd < 0)
        return;
    c->n = n - at;
    c->rest = realloc(c->rest, c->n > 0 ? c->n : 1);
    if (!c->rest)
        die("memory", strerror(errno));
    memcpy(c->rest, bytes + at, c->n);
}

static void receive(struct client *c)
{
    static char buffer[1 << 20];
    if (c->n > 0)
        memcpy(buffer, c->rest, c->n);
    ssize_t got = recv(c->fd, buffer + c->n, sizeof buffer - c->n - 1, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        gone(c);
        return;
    }
    size_t n = c->n + (size_t)got;
    buffer[n] = '\0';
    consume(c, buffer, n);
}

static void on_ready(struct client *c, uint32_t events)
{
    if (c->fd < 0)
        return;
    if (c->state == CLIENT_CONNECTING && !(events & (EPOLLERR | EPOLLHUP)))
        ask(c);
    else
        receive(c);
}

/* ---- life ---- */

static void on_time(void)
{
    int64_t now = now_ms();
    size_t opening = 0;
    for (size_t i = 0; i < storm.n; i++)
        opening += storm.clients[i].state == CLIENT_CONNECTING ||
                   storm.clients[i].state == CLIENT_UPGRADING;
    for (size_t i = 0; i < storm.n; i++) {
        struct client *c = &storm.clients[i];
        if (c->state == CLIENT_NEW && opening < storm.connecting) {
            opening++;
            begin(c);
        } else if (c->state == CLIENT_WAITING && c->due_ms <= now) {
            begin(c);
        } else if ((c->state == CLIENT_CONNECTING || c->state == CLIENT_UPGRADING ||
                    c->state == CLIENT_GREETED) &&
                   c->due_ms <= now) {
            storm.count.timeouts++;
            failed(c, 0);
        }
    }
}

/* False: the end. */
static bool on_command(void)
{
    char line[64];
    if (!fgets(line, sizeof line, stdin))
        return false;
    if (strcmp(line, "mark\n") == 0)
        storm_mark(&storm);
    else if (strcmp(line, "report\n") == 0)
        storm_report(&storm);
    else
        die("command", line);
    return true;
}

static void run(void)
{
    struct epoll_event events[EVENTS];
    int64_t next = 0;
    for (;;) {
        int n = epoll_wait(storm.epoll, events, EVENTS, TICK_MS);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr)
                on_ready(events[i].data.ptr, events[i].events);
            else if (!on_command())
                return;
        }
        if (now_ms() >= next) {
            on_time();
            next = now_ms() + TICK_MS;
        }
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
    storm.random = (uint64_t)wire_now_ns() | 1;
    const char *wrong = storm_options(&storm, argv);
    if (wrong)
        die("option", wrong);
    (void)setvbuf(stdin, NULL, _IONBF, 0);
    storm.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (storm.epoll < 0 || epoll_ctl(storm.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0)
        die("epoll", strerror(errno));
    storm_mark(&storm);
    run();
    return 0;
}

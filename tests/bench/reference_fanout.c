/* The least that a broadcast over WebSockets can cost: one epoll loop that answers handshakes,
 * takes `chat_message`s, and writes frames like the suite's to all members of the channel; what
 * waits for a socket leaves in one writev. No names, no rights, nothing stored, nothing checked.
 * `Authorization: Bearer ref-N` makes a socket a member of channel N. Prints {"port":N}; the end of
 * standard input ends it. */
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
#include <sys/uio.h>
#include <unistd.h>

enum {
    EVENTS = 1024,
    CHANNELS = 1024,
    RING = 16 << 20,
    READ = 64 << 10,
    ANSWERS = 64 << 10,
    DESCRIPTORS = 32768
};

struct member {
    int fd;
    bool open, writing;
    struct channel *channel;
    struct member *next;
    uint64_t position; /* bytes of the channel's ring that it has been sent */
    char answers[ANSWERS];
    size_t n_answers, n_rest;
    char rest[READ];
};

/* All frames of a channel one after another: member's positions say what they lack. */
struct channel {
    struct member *members;
    char *ring;
    uint64_t head, seq;
    unsigned id;
    bool dirty;
};

struct server {
    int epoll, listener;
    struct channel channels[CHANNELS];
    struct channel *dirty[CHANNELS];
    size_t n_dirty;
    struct member *by_fd[DESCRIPTORS]; /* used again with the descriptor */
    /* Here, because what is on the stack is zeroed each time. */
    struct epoll_event events[EVENTS];
    char text[READ];
};

static void watch(const struct server *s, struct member *m, int how, bool writing)
{
    struct epoll_event e = {.events = EPOLLIN | (writing ? EPOLLOUT : 0u), .data.ptr = m};
    m->writing = writing;
    (void)epoll_ctl(s->epoll, how, m->fd, &e);
}

static void leave(struct member *m)
{
    struct member **at = m->channel ? &m->channel->members : NULL;
    while (at && *at && *at != m)
        at = &(*at)->next;
    if (at && *at)
        *at = m->next;
    (void)close(m->fd);
    m->fd = -1;
}

static void append(struct channel *c, const char *bytes, size_t n)
{
    size_t at = (size_t)(c->head % RING), first = n < RING - at ? n : RING - at;
    memcpy(c->ring + at, bytes, first);
    memcpy(c->ring, bytes + first, n - first);
    c->head += n;
}

/* What waits: own answers, then the ring from where it stands, in two pieces when it wraps. */
static int gather(struct member *m, struct iovec iov[3])
{
    const struct channel *c = m->channel;
    uint64_t left = c->head - m->position;
    size_t at = (size_t)(m->position % RING), first = left < RING - at ? (size_t)left : RING - at;
    iov[0] = (struct iovec){m->answers, m->n_answers};
    iov[1] = (struct iovec){c->ring + at, first};
    iov[2] = (struct iovec){c->ring, (size_t)left - first};
    return left > first ? 3 : 2;
}

static void flush(const struct server *s, struct member *m)
{
    struct iovec iov[3];
    if (!m->open || m->fd < 0 || m->channel->head - m->position > RING)
        return;
    while (m->n_answers > 0 || m->position < m->channel->head) {
        int pieces = gather(m, iov);
        ssize_t n = writev(m->fd, iov, pieces);
        if (n < 0)
            break;
        size_t own = (size_t)n < m->n_answers ? (size_t)n : m->n_answers;
        memmove(m->answers, m->answers + own, m->n_answers - own);
        m->n_answers -= own;
        m->position += (size_t)n - own;
    }
    bool left = m->n_answers > 0 || m->position < m->channel->head;
    if (left != m->writing)
        watch(s, m, EPOLL_CTL_MOD, left);
}

static void answer(struct member *m, const char *text, size_t n)
{
    if (m->n_answers + n + WIRE_HEAD_MAX > ANSWERS)
        return;
    m->n_answers += wire_head((uint8_t *)m->answers + m->n_answers, WIRE_TEXT, n, NULL);
    memcpy(m->answers + m->n_answers, text, n);
    m->n_answers += n;
}

static int span(const char *from)
{
    return (int)strcspn(from, "\"");
}

/* The same members, of the same length, as the suite's frames have. */
static void broadcast(struct server *s, struct member *m, const char *id, const char *content)
{
    char frame[WIRE_HEAD_MAX] = {0};
    struct channel *c = m->channel;
    uint64_t seq = ++c->seq;
    int n =
        snprintf(s->text, sizeof s->text,
                 "{\"type\":\"chat_message\",\"channel_id\":%u,\"seq\":%" PRIu64
                 ",\"message\":{\"id\":%" PRIu64
                 ",\"channel_id\":%u,\"user_id\":1000,\"username\":\"b000000\",\"content\":\""
                 "%.*s\",\"message_type\":\"text\",\"reply_to_id\":null,\"client_id\":\"%.36s\","
                 "\"mentions\":[],\"attachments\":[],\"seq\":%" PRIu64
                 ",\"created_at\":\"2026-01-02T03:04:05.678Z\",\"edited_at\":null,"
                 "\"is_deleted\":false}}",
                 c->id, seq, seq, c->id, span(content), content, id, seq);
    append(c, frame, wire_head((uint8_t *)frame, WIRE_TEXT, (size_t)n, NULL));
    append(c, s->text, (size_t)n);
    n = snprintf(
        s->text, sizeof s->text,
        "{\"type\":\"ack\",\"client_id\":\"%.36s\",\"channel_id\":%u,\"message_id\":%" PRIu64
        ",\"seq\":%" PRIu64 ",\"created_at\":\"2026-01-02T03:04:05.678Z\"}",
        id, c->id, seq, seq);
    answer(m, s->text, (size_t)n);
    if (!c->dirty)
        s->dirty[s->n_dirty++] = c;
    c->dirty = true;
}

static void on_text(struct server *s, struct member *m, char *text, size_t n)
{
    const char *id = wire_after(text, n, "\"client_id\":\"");
    const char *content = wire_after(text, n, "\"content\":\"");
    if (id && content)
        broadcast(s, m, id, content);
}

static size_t handshake(struct server *s, struct member *m, char *bytes, size_t n)
{
    static const char yes[] =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    static const char hello[] = "{\"type\":\"hello\",\"channels\":[]}";
    const char *end = memmem(bytes, n, "\r\n\r\n", 4);
    const char *channel = end ? wire_after(bytes, n, "Bearer ref-") : NULL;
    if (!channel)
        return 0;
    m->channel = &s->channels[wire_digits(channel, NULL) % CHANNELS];
    if (!m->channel->ring && !(m->channel->ring = malloc(RING)))
        abort();
    m->channel->id = (unsigned)(m->channel - s->channels);
    m->next = m->channel->members;
    m->channel->members = m;
    m->position = m->channel->head;
    m->open = true;
    memcpy(m->answers, yes, sizeof yes - 1);
    m->n_answers = sizeof yes - 1;
    answer(m, hello, sizeof hello - 1);
    return (size_t)(end - bytes) + 4;
}

static size_t consume(struct server *s, struct member *m, char *bytes, size_t n)
{
    size_t at = m->open ? 0 : handshake(s, m, bytes, n);
    struct wire_frame f;
    while (m->open && wire_next(bytes + at, n - at, &f)) {
        if (f.mask)
            wire_mask(f.payload, f.n, f.mask);
        if (f.opcode == WIRE_TEXT)
            on_text(s, m, f.payload, f.n);
        at += f.whole;
    }
    return at;
}

static void receive(struct server *s, struct member *m)
{
    ssize_t got = recv(m->fd, m->rest + m->n_rest, READ - m->n_rest, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        leave(m);
        return;
    }
    m->n_rest += (size_t)got;
    size_t done = consume(s, m, m->rest, m->n_rest);
    memmove(m->rest, m->rest + done, m->n_rest - done);
    m->n_rest -= done;
    if (m->n_answers > 0)
        flush(s, m);
}

static struct member *new_member(struct server *s, int fd)
{
    struct member *m = s->by_fd[fd] ? s->by_fd[fd] : malloc(sizeof *m);
    if (!m)
        abort();
    *m = (struct member){.fd = fd};
    s->by_fd[fd] = m;
    return m;
}

static void take_new(struct server *s)
{
    int fd, one = 1;
    while ((fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (fd >= DESCRIPTORS)
            abort();
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(s, new_member(s, fd), EPOLL_CTL_ADD, false);
    }
}

static void flush_dirty(struct server *s)
{
    for (size_t i = 0; i < s->n_dirty; i++) {
        s->dirty[i]->dirty = false;
        for (struct member *m = s->dirty[i]->members; m; m = m->next) {
            if (!m->writing)
                flush(s, m);
        }
    }
    s->n_dirty = 0;
}

/* False: standard input has ended. */
static bool turn(struct server *s)
{
    int n = epoll_wait(s->epoll, s->events, EVENTS, -1);
    for (int i = 0; i < n; i++) {
        struct member *m = s->events[i].data.ptr;
        if (!m)
            return false;
        if (s->events[i].data.ptr == s) {
            take_new(s);
            continue;
        }
        if (m->fd >= 0 && (s->events[i].events & EPOLLOUT))
            flush(s, m);
        if (m->fd >= 0 && (s->events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
            receive(s, m);
    }
    flush_dirty(s);
    return true;
}

static void open_listener(struct server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
    struct epoll_event newcomers = {.events = EPOLLIN, .data.ptr = s};
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->epoll < 0 || bind(s->listener, (struct sockaddr *)&a, size) != 0 ||
        listen(s->listener, 4096) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&a, &size) != 0 ||
        epoll_ctl(s->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0 ||
        epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listener, &newcomers) != 0) {
        perror("reference_fanout");
        exit(2);
    }
    printf("{\"port\":%u}\n", ntohs(a.sin_port));
    (void)fflush(stdout);
}

int main(void)
{
    static struct server s;
    open_listener(&s);
    while (turn(&s)) {
    }
    return 0;
}

/* See client.h. */
#include "client.h"

#include "wire.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void *more(void *p, size_t n)
{
    void *q = realloc(p, n);
    if (!q) {
        perror("load");
        abort();
    }
    return q;
}

static char *reserve(struct bytes *b, size_t n)
{
    if (b->n + n > b->room) {
        b->room = (b->n + n) * 2;
        b->p = more(b->p, b->room);
    }
    return b->p + b->n;
}

static void empty(struct bytes *b)
{
    free(b->p);
    *b = (struct bytes){0};
}

static void watch(struct client_pool *pool, struct client *c, int how, bool writing)
{
    struct epoll_event e = {.events = EPOLLIN | (writing ? EPOLLOUT : 0u), .data.ptr = c};
    c->writing = writing;
    if (epoll_ctl(pool->epoll, how, c->fd, &e) != 0)
        perror("epoll_ctl");
}

static void finish(struct client_pool *pool, struct client *c)
{
    if (c->state == CLIENT_CLOSED)
        return;
    c->state = CLIENT_CLOSED;
    (void)close(c->fd);
    empty(&c->rest);
    empty(&c->out);
    pool->closed(pool->ctx, c);
}

bool client_open(struct client_pool *pool, struct client *c)
{
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return false;
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->state = CLIENT_CONNECTING;
    watch(pool, c, EPOLL_CTL_ADD, true);
    if (connect(c->fd, (struct sockaddr *)&pool->address, sizeof pool->address) != 0 &&
        errno != EINPROGRESS)
        finish(pool, c);
    return true;
}

static void say_hello(struct client_pool *pool, struct client *c)
{
    size_t room = strlen(c->token) + strlen(pool->path) + 256;
    char *at = reserve(&c->out, room);
    int n = snprintf(at, room,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Authorization: Bearer %s\r\n\r\n",
                     pool->path, ntohs(pool->address.sin_port), c->token);
    c->out.n += (size_t)n;
    c->state = CLIENT_UPGRADING;
    client_flush(pool, c);
}

void client_queue(struct client_pool *pool, struct client *c, char *payload, size_t n)
{
    uint8_t mask[4];
    /* xorshift64: a mask has to differ, not to be a secret, since we are both ends. */
    pool->random ^= pool->random << 13;
    pool->random ^= pool->random >> 7;
    pool->random ^= pool->random << 17;
    memcpy(mask, &pool->random, sizeof mask);
    char *at = reserve(&c->out, n + WIRE_HEAD_MAX);
    size_t head = wire_head((uint8_t *)at, WIRE_TEXT, n, mask);
    wire_mask(payload, n, mask);
    memcpy(at + head, payload, n);
    c->out.n += head + n;
}

static void answer_ping(struct client_pool *pool, struct client *c, const struct wire_frame *ping)
{
    static const uint8_t mask[4] = {1, 2, 3, 4};
    char *at = reserve(&c->out, ping->n + WIRE_HEAD_MAX);
    size_t head = wire_head((uint8_t *)at, WIRE_PONG, ping->n, mask);
    memcpy(at + head, ping->payload, ping->n);
    wire_mask(at + head, ping->n, mask);
    c->out.n += head + ping->n;
    client_flush(pool, c);
}

void client_flush(struct client_pool *pool, struct client *c)
{
    while (c->written < c->out.n) {
        ssize_t n = send(c->fd, c->out.p + c->written, c->out.n - c->written, MSG_NOSIGNAL);
        pool->writes++;
        if (n < 0) {
            if (errno != EAGAIN) {
                finish(pool, c);
                return;
            }
            break;
        }
        c->written += (size_t)n;
    }
    bool left = c->written < c->out.n;
    if (!left) {
        c->out.n = c->written = 0;
        if (!c->sender)
            empty(&c->out);
    }
    if (left != c->writing)
        watch(pool, c, EPOLL_CTL_MOD, left);
}

static void on_frame(struct client_pool *pool, struct client *c, const struct wire_frame *f)
{
    if (f->opcode == WIRE_TEXT) {
        pool->text(pool->ctx, c, f->payload, f->n);
    } else if (f->opcode == WIRE_PING) {
        answer_ping(pool, c, f);
    } else if (f->opcode == WIRE_CLOSE) {
        unsigned code =
            f->n >= 2 ? (unsigned)(uint8_t)f->payload[0] << 8 | (uint8_t)f->payload[1] : 1005;
        (void)snprintf(c->refusal, sizeof c->refusal, "closed with %u", code);
        finish(pool, c);
    }
}

/* The end of the answer's head; 0: not there yet, or refused. */
static size_t upgraded(struct client_pool *pool, struct client *c, char *bytes, size_t n)
{
    const char *end = memmem(bytes, n, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (n < 12 || memcmp(bytes + 9, "101", 3) != 0) {
        (void)snprintf(c->refusal, sizeof c->refusal, "%.*s", (int)strcspn(bytes, "\r"), bytes);
        finish(pool, c);
        return 0;
    }
    c->state = CLIENT_OPEN;
    free(c->token);
    c->token = NULL;
    return (size_t)(end - bytes) + 4;
}

static size_t consume(struct client_pool *pool, struct client *c, char *bytes, size_t n)
{
    size_t at = c->state == CLIENT_UPGRADING ? upgraded(pool, c, bytes, n) : 0;
    struct wire_frame f;
    while (c->state == CLIENT_OPEN && wire_next(bytes + at, n - at, &f)) {
        on_frame(pool, c, &f);
        at += f.whole;
    }
    return at;
}

static void receive(struct client_pool *pool, struct client *c)
{
    size_t had = c->rest.n;
    if (had >= CLIENT_BUFFER) {
        (void)snprintf(c->refusal, sizeof c->refusal, "a frame over %d bytes", CLIENT_BUFFER);
        finish(pool, c);
        return;
    }
    if (had > 0)
        memcpy(pool->buffer, c->rest.p, had);
    ssize_t got = recv(c->fd, pool->buffer + had, CLIENT_BUFFER - had, 0);
    pool->reads++;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        finish(pool, c);
        return;
    }
    size_t n = had + (size_t)got, done = consume(pool, c, pool->buffer, n);
    if (c->state == CLIENT_CLOSED)
        return;
    if (done == n) {
        empty(&c->rest);
        return;
    }
    c->rest.n = 0;
    memcpy(reserve(&c->rest, n - done), pool->buffer + done, n - done);
    c->rest.n = n - done;
}

void client_event(struct client_pool *pool, struct client *c, uint32_t events)
{
    if (c->state == CLIENT_CONNECTING && (events & EPOLLOUT))
        say_hello(pool, c);
    else if (c->state != CLIENT_CLOSED && (events & EPOLLOUT))
        client_flush(pool, c);
    if (c->state != CLIENT_CLOSED && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        receive(pool, c);
}

/* A front without a suite behind it, for the raw HTTP cases: commands are answered with what was
 * asked, special routes do one thing each. Prints two lines, its address and a token; ends when its
 * standard input ends. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "gen/catalogue.h"
#include "http/front.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct later {
    struct pal_timer timer;
    struct pal_http *r;
    struct pal_stream *stream;
    struct echo *echo;
    int left;
};

struct echo {
    struct pal_loop *loop;
    struct pal_front *front;
    struct pal_static *files;
    struct pal_watch input;
    unsigned gone; /* clients that left before their answer */
};

static void require(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "http_echo: %s\n", what);
    exit(1);
}

static void call(void *ctx, struct pal_http *r, struct pal_frame *request,
                 const struct pal_command *cmd)
{
    struct pal_buf b;
    (void)ctx;
    pal_buf_init(&b, PAL_FRAME_BODY_MAX);
    pal_buf_printf(
        &b, "{\"command\":\"%s\",\"user\":%llu,\"refresh_token\":\"next-token\",\"request\":",
        cmd->name, (unsigned long long)request->caller.user);
    pal_buf_str(&b, request->body);
    pal_buf_char(&b, '}');
    struct pal_frame reply = {
        .kind = PAL_KIND_REPLY, .status = cmd->status, .body = pal_buf_view(&b)};
    if (cmd->raw_reply)
        reply.body =
            PAL_STR("{\"content_type\":\"image/png\",\"data\":\"iVBORw0KGgo=\",\"etag\":\"e1\"}");
    pal_http_reply(r, &reply);
    pal_buf_fini(&b);
}

/* ---- special routes ---- */

static void later_gone(void *data)
{
    struct later *l = data;
    pal_timer_stop(l->echo->loop, &l->timer);
    l->echo->gone++;
    free(l);
}

static void slow_answer(struct pal_timer *t)
{
    struct later *l = PAL_CONTAINER(t, struct later, timer);
    struct pal_http *r = l->r;
    free(l);
    pal_http_send(r, 200, "text/plain", PAL_STR("late"), NULL, 0);
}

static struct later *later(struct echo *e, struct pal_http *r, void (*fn)(struct pal_timer *t),
                           int64_t ms)
{
    struct later *l = calloc(1, sizeof *l);
    require(l, "memory");
    l->timer.fn = fn;
    l->r = r;
    l->echo = e;
    pal_timer_arm(e->loop, &l->timer, ms);
    return l;
}

static void slow(void *ctx, struct pal_http *r)
{
    pal_http_set_data(r, later(ctx, r, slow_answer, 150), later_gone);
}

/* Its owner does not want to know whether the client is still there. */
static void forgetful(void *ctx, struct pal_http *r)
{
    (void)later(ctx, r, slow_answer, 150);
}

static void never(void *ctx, struct pal_http *r)
{
    pal_http_set_data(r, later(ctx, r, slow_answer, 3600 * 1000), later_gone);
}

static void gone(void *ctx, struct pal_http *r)
{
    struct echo *e = ctx;
    char text[24];
    int n = snprintf(text, sizeof text, "%u", e->gone);
    pal_http_send(r, 200, "text/plain", (struct pal_str){text, (size_t)n}, NULL, 0);
}

static void tick(struct pal_timer *t)
{
    struct later *l = PAL_CONTAINER(t, struct later, timer);
    if (l->left-- > 0 && pal_stream_write(l->stream, PAL_STR("data: tick\n\n"))) {
        pal_timer_arm(l->echo->loop, t, 20);
        return;
    }
    pal_stream_close(l->stream);
    free(l);
}

static void events(struct echo *e, struct pal_http *r, int count)
{
    struct later *l = later(e, r, tick, 20);
    l->left = count;
    l->stream = pal_http_stream(r, "text/event-stream", later_gone, l);
    require(l->stream, "stream");
    require(pal_stream_write(l->stream, PAL_STR(": hello\n\n")), "write");
}

static void few_events(void *ctx, struct pal_http *r)
{
    events(ctx, r, 5);
}

static void many_events(void *ctx, struct pal_http *r)
{
    events(ctx, r, 1 << 30);
}

/* More than the queue takes at once is refused, what it took arrives whole. */
static void flood(void *ctx, struct pal_http *r)
{
    static const char block[1024] = {'x'};
    struct echo *e = ctx;
    struct pal_stream *s = pal_http_stream(r, "text/event-stream", NULL, NULL);
    (void)e;
    require(s, "stream");
    int taken = 0;
    while (pal_stream_write(s, (struct pal_str){block, sizeof block}))
        taken++;
    require(taken == 1024, "the queue takes exactly one MiB");
    pal_stream_close(s);
}

static void upgraded(void *arg, int fd, struct pal_str early)
{
    (void)arg;
    if (fd < 0)
        return;
    /* Not a frame: the test only wants to see that the socket works and what came early. */
    if (early.n)
        (void)!write(fd, early.p, early.n);
    (void)!write(fd, "!", 1);
    (void)close(fd);
}

static void ws(void *ctx, struct pal_http *r)
{
    pal_http_upgrade(r, upgraded, ctx);
}

static void whoami(void *ctx, struct pal_http *r)
{
    struct pal_claims c;
    char text[64];
    (void)ctx;
    if (!pal_http_authenticate(r, &c))
        return;
    int n =
        snprintf(text, sizeof text, "%llu %s", (unsigned long long)c.user, pal_http_language(r));
    pal_http_send(r, 200, "text/plain", (struct pal_str){text, (size_t)n}, NULL, 0);
}

static void param(void *ctx, struct pal_http *r)
{
    (void)ctx;
    pal_http_send(r, 200, "text/plain", pal_http_param(r, "name"), NULL, 0);
}

static void address(void *ctx, struct pal_http *r)
{
    char text[33];
    const uint8_t *a = pal_http_address(r);
    (void)ctx;
    for (size_t i = 0; i < 16; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", a[i]);
    pal_http_send(r, 200, "text/plain", (struct pal_str){text, 32}, NULL, 0);
}

static void file(void *ctx, struct pal_http *r)
{
    struct echo *e = ctx;
    struct pal_str path = pal_http_path(r);
    pal_static_serve(e->files, r, (struct pal_str){path.p + 7, path.n - 7}, NULL);
}

static bool wants_stream(const struct pal_http *r)
{
    struct pal_str accept = pal_http_header(r, "Accept");
    return accept.p && memmem(accept.p, accept.n, "text/event-stream", 17);
}

static const struct pal_http_special specials[] = {
    {"GET", "/echo/slow", slow, NULL, false},
    {"GET", "/echo/forgetful", forgetful, NULL, false},
    {"GET", "/echo/never", never, NULL, false},
    {"GET", "/echo/gone", gone, NULL, false},
    {"GET", "/echo/events", few_events, wants_stream, false},
    {"GET", "/echo/endless", many_events, NULL, false},
    {"GET", "/echo/flood", flood, NULL, false},
    {"GET", "/echo/ws", ws, NULL, false},
    {"GET", "/echo/whoami", whoami, NULL, false},
    {"GET", "/echo/address", address, NULL, false},
    {"GET", "/echo/param/{name}", param, NULL, false},
    {"GET", "/static/*", file, NULL, false},
};

/* ---- life ---- */

static void on_input(struct pal_watch *w, uint32_t ready)
{
    struct echo *e = PAL_CONTAINER(w, struct echo, input);
    char bytes[64];
    (void)ready;
    if (read(w->fd, bytes, sizeof bytes) <= 0)
        pal_loop_stop(e->loop);
}

static void sign_in(struct pal_keyset *keys, struct pal_str *token, struct pal_arena *arena)
{
    struct pal_keypair k;
    struct pal_buf b;
    int64_t now = pal_now_ms() / 1000;
    struct pal_claims c = {.user = 7,
                           .org = 3,
                           .session = 9,
                           .role = PAL_ROLE_ADMIN,
                           .issued_at = now,
                           .expires_at = now + 3600};
    pal_buf_init(&b, 4096);
    require(pal_keypair_generate(&k, NULL) == PAL_OK, "key");
    pal_buf_z(&b, "{\"keys\":[");
    require(pal_keypair_jwk(&k, &b) == PAL_OK, "jwk");
    pal_buf_z(&b, "]}");
    require(pal_keyset_load(keys, pal_buf_view(&b), NULL) == PAL_OK, "key set");
    require(pal_token_sign(&k, &c, arena, token, NULL) == PAL_OK, "token");
    pal_buf_fini(&b);
    pal_keypair_free(&k);
}

int main(int argc, char **argv)
{
    struct echo e = {.loop = pal_loop_new()};
    struct pal_error err = {0};
    struct pal_arena arena;
    struct pal_str token;
    struct pal_keyset *keys = pal_keyset_new();
    (void)signal(SIGPIPE, SIG_IGN);
    pal_log_init("echo", PAL_WARN);
    pal_arena_init(&arena, 1 << 16);
    sign_in(keys, &token, &arena);
    if (argc > 2)
        require(pal_static_load(argv[2], &e.files, &err) == PAL_OK, err.detail);
    struct pal_limiter *limiter = pal_limiter_new(e.loop, NULL, 100000);
    struct pal_front_config config = {.loop = e.loop,
                                      .listen = argc > 1 ? argv[1] : "127.0.0.1:0",
                                      .trusted_proxies = "127.0.0.0/8",
                                      .keys = keys,
                                      .limiter = limiter,
                                      .owners = ~0U,
                                      .call = call,
                                      .specials = specials,
                                      .n_specials =
                                          sizeof specials / sizeof specials[0] - (e.files ? 0 : 1),
                                      .allowed_origins = "https://chat.example",
                                      .ctx = &e};
    require(pal_front_start(&config, &e.front, &err) == PAL_OK, err.detail);
    (void)printf("%s\n%.*s\n", pal_front_address(e.front), (int)token.n, token.p);
    (void)fflush(stdout);
    e.input = (struct pal_watch){STDIN_FILENO, EPOLLIN, on_input};
    require(pal_loop_watch(e.loop, &e.input) == PAL_OK, "standard input is not a pipe");
    pal_loop_run(e.loop);
    pal_front_stop_accepting(e.front);
    pal_front_free(e.front);
    pal_limiter_free(limiter);
    pal_static_free(e.files);
    pal_keyset_free(keys);
    pal_arena_fini(&arena);
    pal_loop_free(e.loop);
    return 0;
}

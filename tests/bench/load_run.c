/* Sending, counting and reporting. A message carries the time at which it was to be sent, in its
 * client_id for the acknowledgement and in its content for the deliveries. In an open loop that is
 * the planned time and not the one at which we came round to it: otherwise a stall of the server
 * would stall the measurement too and go unseen
 * ("coordinated omission"). Rates count what arrives within the window; latencies count what was
 * planned within the window, however late it comes. */
#include "load.h"
#include "wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum {
    TICK_NS = 250000,     /* planned sends this close to each other leave in one turn */
    QUIET_NS = 300000000, /* nothing came for so long: all that was under way has arrived */
    DRAIN_LIMIT_MS = 20000,
    STAMP_DIGITS = 19
};

static const char event_head[] = "{\"type\":\"chat_message\",\"channel_id\":";
static const char ack_head[] = "{\"type\":\"ack\"";
static const char error_head[] = "{\"type\":\"error\"";
static const char hello_head[] = "{\"type\":\"hello\"";
static const char content_name[] = "\"content\":\"t";

static bool begins(const char *text, size_t n, const char *head, size_t length)
{
    return n > length && memcmp(text, head, length) == 0;
}
#define BEGINS(text, n, head) begins(text, n, head, sizeof(head) - 1)

static bool counts(const struct load *l, int64_t at)
{
    return at >= l->start_ns && at < l->end_ns;
}

/* ---- sending ---- */

/* The first 60 bits of the client_id are the time, in hexadecimal; the rest makes it unique. */
static int write_message(const struct load *l, struct client *c, int64_t planned, char *out,
                         size_t room)
{
    uint64_t t = (uint64_t)planned & ((UINT64_C(1) << 60) - 1);
    int n = snprintf(out, room,
                     "{\"type\":\"chat_message\",\"channel_id\":%u,\"client_id\":\"%08" PRIx64
                     "-%04" PRIx64 "-4%03" PRIx64 "-8%03" PRIx64 "-%012" PRIx64
                     "\",\"content\":\"t%0*" PRId64 " ",
                     c->channels[c->next_channel], t >> 28, t >> 12 & 0xffff, t & 0xfff,
                     l->pool.random & 0xfff, l->serial, STAMP_DIGITS, planned);
    size_t fill = l->options.content > STAMP_DIGITS + 2 ? l->options.content - STAMP_DIGITS - 2 : 0;
    memset(out + n, 'x', fill);
    memcpy(out + n + fill, "\"}", 2);
    return n + (int)fill + 2;
}

static void send_one(struct load *l, struct client *c, int64_t planned)
{
    if (c->state != CLIENT_OPEN)
        return;
    int n = write_message(l, c, planned, l->text, sizeof l->text);
    client_queue(&l->pool, c, l->text, (size_t)n);
    c->next_channel = (c->next_channel + 1) % c->n_channels;
    c->in_flight++;
    l->serial++;
    l->all.sent++;
    l->in_window.sent += counts(l, planned);
    if (++l->in_flight > l->in_flight_max)
        l->in_flight_max = l->in_flight;
}

/* Open loop: everything that is due. Gives the time of the next. */
static int64_t send_due(struct load *l, uint64_t *next, int64_t now)
{
    double period = 1e9 / (double)l->options.rate;
    uint64_t first = *next;
    int64_t planned = l->begin_ns + (int64_t)((double)*next * period);
    while (planned <= now && planned < l->end_ns) {
        send_one(l, l->senders[*next % l->n_senders], planned);
        planned = l->begin_ns + (int64_t)((double)++*next * period);
    }
    uint64_t n = *next - first < l->n_senders ? *next - first : l->n_senders;
    for (uint64_t i = 0; i < n; i++) {
        struct client *c = l->senders[(first + i) % l->n_senders];
        if (c->state == CLIENT_OPEN)
            client_flush(&l->pool, c);
    }
    return planned;
}

/* Closed loop: as many unanswered messages as the window allows. */
static void fill_window(struct load *l, struct client *c, int64_t now)
{
    if (!l->sending || !l->options.window || !c->sender || c->state != CLIENT_OPEN)
        return;
    while (c->in_flight + c->owed < l->options.window)
        send_one(l, c, now);
}

static void open_windows(struct load *l, int64_t now)
{
    for (size_t i = 0; i < l->n_senders; i++) {
        l->senders[i]->owed = 0;
        fill_window(l, l->senders[i], now);
        if (l->senders[i]->state == CLIENT_OPEN)
            client_flush(&l->pool, l->senders[i]);
    }
}

/* ---- receiving ---- */

static void answered(struct load *l, struct client *c)
{
    c->in_flight -= c->in_flight > 0;
    l->in_flight -= l->in_flight > 0;
}

static void on_ack(struct load *l, struct client *c, const char *text, size_t n)
{
    const char *id = wire_after(text, n, "\"client_id\":\"");
    uint64_t t = 0;
    if (!id || id + 18 > text + n)
        return;
    for (size_t i = 0; i < 18; i++) {
        if (i == 8 || i == 13 || i == 14)
            continue;
        t = t << 4 | (uint64_t)(id[i] <= '9' ? id[i] - '0' : id[i] - 'a' + 10);
    }
    answered(l, c);
    l->all.acks++;
    l->in_window.acks += counts(l, l->told_ns);
    if (counts(l, (int64_t)t))
        histogram_add(&l->ack, l->told_ns - (int64_t)t);
}

static void on_error(struct load *l, struct client *c, const char *text, size_t n)
{
    l->all.errors++;
    l->in_window.errors += counts(l, l->told_ns);
    c->owed++;
    answered(l, c);
    const char *code = l->error[0] ? NULL : wire_after(text, n, "\"code\":\"");
    if (code)
        (void)snprintf(l->error, sizeof l->error, "%.*s", (int)strcspn(code, "\""), code);
}

/* Each event of a channel comes exactly once and in order; of the others only the number is
 * counted. */
static void check_order(struct load *l, struct client *c, const char *text)
{
    const char *at;
    uint64_t channel = wire_digits(text + sizeof event_head - 1, &at);
    if (c->n_channels == 0 || channel != c->channels[0])
        return;
    uint64_t seq = wire_digits(at + sizeof ",\"seq\":" - 1, NULL);
    if (c->last_seq && seq != c->last_seq + 1)
        l->all.disordered++;
    c->last_seq = seq;
}

static void on_event(struct load *l, struct client *c, const char *text, size_t n)
{
    size_t name = sizeof content_name - 1;
    check_order(l, c, text);
    l->all.deliveries++;
    if (counts(l, l->told_ns)) {
        l->in_window.deliveries++;
        l->in_window.bytes += n;
    }
    if (c->content_at + name + STAMP_DIGITS > n ||
        memcmp(text + c->content_at, content_name, name) != 0) {
        const char *found = wire_after(text, n, content_name);
        if (!found)
            return;
        c->content_at = (size_t)(found - text) - name;
    }
    int64_t planned = (int64_t)wire_digits(text + c->content_at + name, NULL);
    if (counts(l, planned))
        histogram_add(&l->delivery, l->told_ns - planned);
}

void load_on_text(void *ctx, struct client *c, char *payload, size_t n)
{
    struct load *l = ctx;
    if (BEGINS(payload, n, event_head)) {
        on_event(l, c, payload, n);
    } else if (BEGINS(payload, n, ack_head)) {
        on_ack(l, c, payload, n);
        fill_window(l, c, l->told_ns);
    } else if (BEGINS(payload, n, error_head)) {
        on_error(l, c, payload, n);
    } else if (!c->greeted && BEGINS(payload, n, hello_head)) {
        c->greeted = true;
        l->n_open++;
    }
}

void load_on_closed(void *ctx, struct client *c)
{
    struct load *l = ctx;
    l->n_closed++;
    l->n_open -= c->greeted;
    l->in_flight -= c->in_flight < l->in_flight ? c->in_flight : l->in_flight;
    if (!l->error[0])
        (void)snprintf(l->error, sizeof l->error, "a socket ended: %s", c->refusal);
}

/* ---- reporting ---- */

static double own_cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void say(const char *event)
{
    printf("{\"event\":\"%s\"}\n", event);
    (void)fflush(stdout);
}

static void print_latency(const char *name, const struct histogram *h)
{
    printf(",\"%s\":{\"count\":%" PRIu64 ",\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,"
           "\"max_ms\":%.3f}",
           name, h->count, (double)histogram_quantile(h, 0.5) / 1e3,
           (double)histogram_quantile(h, 0.9) / 1e3, (double)histogram_quantile(h, 0.99) / 1e3,
           (double)h->max_us / 1e3);
}

static void print_result(const struct load *l, double cpu)
{
    double seconds = (double)l->options.seconds;
    const struct tally *w = &l->in_window, *a = &l->all;
    printf("{\"event\":\"result\",\"seconds\":%.0f,\"sent\":%" PRIu64 ",\"acks\":%" PRIu64
           ",\"acks_per_s\":%.1f,\"errors\":%" PRIu64 ",\"deliveries\":%" PRIu64
           ",\"deliveries_per_s\":%.1f,\"bytes_per_delivery\":%.1f,\"generator_cpu_s\":%.3f",
           seconds, w->sent, w->acks, (double)w->acks / seconds, w->errors, w->deliveries,
           (double)w->deliveries / seconds,
           w->deliveries ? (double)w->bytes / (double)w->deliveries : 0, cpu);
    printf(",\"all_sent\":%" PRIu64 ",\"all_acks\":%" PRIu64 ",\"all_errors\":%" PRIu64
           ",\"all_deliveries\":%" PRIu64 ",\"disordered\":%" PRIu64 ",\"unanswered\":%" PRIu64
           ",\"in_flight_max\":%" PRIu64 ",\"closed\":%zu",
           a->sent, a->acks, a->errors, a->deliveries, a->disordered, l->in_flight,
           l->in_flight_max, l->n_closed);
    print_latency("ack", &l->ack);
    print_latency("delivery", &l->delivery);
    printf(",\"first_error\":\"%s\"}\n", l->error);
    (void)fflush(stdout);
}

/* ---- the run ---- */

static void drain(struct load *l)
{
    int64_t limit = wire_now_ns() + DRAIN_LIMIT_MS * INT64_C(1000000);
    int64_t now = wire_now_ns();
    while (now < limit && (l->in_flight > 0 || now - l->told_ns < QUIET_NS)) {
        (void)load_turn(l, QUIET_NS / 10);
        now = wire_now_ns();
    }
}

static void set_times(struct load *l)
{
    l->begin_ns = wire_now_ns();
    l->start_ns = l->begin_ns + (int64_t)l->options.warmup * 1000000000;
    l->end_ns = l->start_ns + (int64_t)l->options.seconds * 1000000000;
    l->told_ns = l->begin_ns;
    l->sending = true;
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void load_run(struct load *l)
{
    enum { RETRY_NS = 10000000 };
    uint64_t next = 0;
    double cpu = 0;
    bool started = false;
    set_times(l);
    int64_t now = l->begin_ns, due = l->options.rate ? now : l->end_ns, refill = now;
    while (now < l->end_ns) {
        if (!started && now >= l->start_ns) {
            started = true;
            cpu = own_cpu();
            say("start");
        }
        if (l->options.rate && now >= due) {
            int64_t planned = send_due(l, &next, now);
            due = planned > now + TICK_NS ? planned : now + TICK_NS;
        }
        if (l->options.window && now >= refill) {
            open_windows(l, now);
            refill = now + RETRY_NS;
        }
        int64_t until = earliest(due, l->options.window ? refill : l->end_ns);
        until = earliest(until, started ? l->end_ns : l->start_ns);
        now = wire_now_ns();
        (void)load_turn(l, until > now ? until - now : 0);
        now = wire_now_ns();
    }
    cpu = own_cpu() - cpu;
    say("end");
    l->sending = false;
    drain(l);
    print_result(l, cpu);
}

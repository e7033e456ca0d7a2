/* The receiving side, one byte at a time and all at once. */
#include "base/limits.h"
#include "ws_codec.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct peer {
    const uint8_t *in;
    size_t n, at, step;
    bool end;
    char texts[256]; /* messages, each followed by '|' */
    size_t messages;
    uint8_t out[256];
    size_t out_n;
};

static ssize_t peer_read(void *owner, uint8_t *buf, size_t n)
{
    struct peer *p = owner;
    size_t left = p->n - p->at;
    if (left == 0)
        return p->end ? -1 : 0;
    n = n < left ? n : left;
    n = p->step && n > p->step ? p->step : n;
    memcpy(buf, p->in + p->at, n);
    p->at += n;
    return (ssize_t)n;
}

static void peer_text(void *owner, struct pal_str m)
{
    struct peer *p = owner;
    p->messages++;
    if (m.n < 64)
        (void)snprintf(p->texts + strlen(p->texts), sizeof p->texts - strlen(p->texts), "%.*s|",
                       (int)m.n, m.p);
}

static void peer_write(void *owner, struct pal_str frames)
{
    struct peer *p = owner;
    cr_assert_leq(p->out_n + frames.n, sizeof p->out);
    memcpy(p->out + p->out_n, frames.p, frames.n);
    p->out_n += frames.n;
}

static void peer_alive(void *owner)
{
    (void)owner;
}

static const struct ws_codec_ops ops = {peer_read, peer_text, peer_write, peer_alive};

/* A client's frame with the mask 0. */
static size_t frame(uint8_t *to, uint8_t first, const char *payload, size_t n)
{
    size_t h = 2;
    to[0] = first;
    if (n < 126) {
        to[1] = (uint8_t)(0x80 | n);
    } else if (n < 65536) {
        to[1] = 0x80 | 126;
        to[2] = (uint8_t)(n >> 8);
        to[3] = (uint8_t)n;
        h = 4;
    } else {
        to[1] = 0x80 | 127;
        for (int i = 0; i < 8; i++)
            to[2 + i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
        h = 10;
    }
    memset(to + h, 0, 4);
    memcpy(to + h + 4, payload, n);
    return h + 4 + n;
}

static enum ws_codec_result run(struct peer *p, bool *idle)
{
    struct ws_codec *c = ws_codec_new(&ops);
    ws_codec_attach(c, p);
    enum ws_codec_result result = WS_CODEC_MORE;
    do
        result = ws_codec_run(c);
    while (result == WS_CODEC_MORE && p->at < p->n);
    if (idle)
        *idle = ws_codec_idle(c);
    ws_codec_free(c);
    return result;
}

Test(ws_codec, whole_messages_come_out_however_the_bytes_come_in)
{
    uint8_t in[256];
    size_t n = frame(in, 0x81, "one", 3);
    n += frame(in + n, 0x01, "tw", 2); /* in two fragments with a ping between them */
    n += frame(in + n, 0x89, "hi", 2);
    n += frame(in + n, 0x80, "o", 1);
    for (size_t step = 0; step < 4; step++) {
        bool idle;
        struct peer p = {.in = in, .n = n, .step = step};
        cr_expect_eq(run(&p, &idle), WS_CODEC_MORE);
        cr_expect_str_eq(p.texts, "one|two|");
        cr_expect_eq(p.out_n, 4);
        cr_expect_eq(memcmp(p.out, "\x8a\x02hi", 4), 0);
        cr_expect(idle);
    }
}

Test(ws_codec, is_not_idle_anywhere_inside_a_message)
{
    uint8_t in[64];
    size_t n = frame(in, 0x01, "tw", 2);
    size_t first = n;
    n += frame(in + n, 0x80, "o", 1);
    for (size_t cut = 0; cut <= n; cut++) {
        bool idle;
        struct peer p = {.in = in, .n = cut};
        cr_expect_eq(run(&p, &idle), WS_CODEC_MORE);
        cr_expect_eq(idle, cut == 0 || cut == n, "after %zu of %zu (%zu)", cut, n, first);
    }
}

static void expect_close(const uint8_t *in, size_t n, unsigned code)
{
    struct peer p = {.in = in, .n = n};
    cr_expect_eq(run(&p, NULL), WS_CODEC_CLOSE);
    cr_assert_geq(p.out_n, 4);
    cr_expect_eq(p.out[0], 0x88);
    cr_expect_eq((unsigned)p.out[2] << 8 | p.out[3], code);
}

Test(ws_codec, violations_close_with_their_code)
{
    uint8_t in[64];
    expect_close(in, frame(in, 0x82, "x", 1), 1003);
    expect_close(in, frame(in, 0x81, "\xff", 1), 1007);
    expect_close(in, frame(in, 0x81, "\xc3", 1), 1007);
    expect_close(in, frame(in, 0xc1, "x", 1), 1002);
    expect_close(in, frame(in, 0x83, "x", 1), 1002);
    expect_close(in, frame(in, 0x80, "x", 1), 1002);
    expect_close((const uint8_t *)"\x81\x01x", 3, 1002);
}

Test(ws_codec, a_frame_that_breaks_the_framing_closes_with_1002)
{
    static const uint8_t long_ping[] = {0x89, 0xfe, 0, 126, 'm', 'a', 's', 'k'};
    static const uint8_t two_to_the_63[] = {0x81, 0xff, 0x80, 0,   0,   0,   0,
                                            0,    0,    0,    'm', 'a', 's', 'k'};
    uint8_t in[64];
    expect_close(in, frame(in, 0x09, "x", 1), 1002); /* a control frame in parts */
    expect_close(long_ping, sizeof long_ping, 1002);
    expect_close(two_to_the_63, sizeof two_to_the_63, 1002);
}

Test(ws_codec, a_message_over_the_limit_closes_with_1009)
{
    size_t n = PAL_WS_MESSAGE_MAX + 1;
    char *payload = calloc(1, n);
    uint8_t *in = malloc(2 * n + 64);
    memset(payload, 'x', n);
    expect_close(in, frame(in, 0x81, payload, n), 1009);
    size_t half = frame(in, 0x01, payload, n / 2 + 1);
    expect_close(in, half + frame(in + half, 0x80, payload, n / 2 + 1), 1009);
    struct peer p = {.in = in, .n = frame(in, 0x81, payload, n - 1)};
    cr_expect_eq(run(&p, NULL), WS_CODEC_MORE);
    cr_expect_eq(p.messages, 1);
    free(payload);
    free(in);
}

Test(ws_codec, a_run_reads_no_more_than_it_may)
{
    size_t n = 4 * (size_t)WS_CODEC_RUN_BYTES;
    uint8_t *in = calloc(1, n + 6);
    for (size_t at = 0; at + 6 <= n; at += 6)
        (void)frame(in + at, 0x8a, "", 0); /* pongs, which nobody answers */
    struct peer p = {.in = in, .n = n};
    struct ws_codec *c = ws_codec_new(&ops);
    ws_codec_attach(c, &p);
    cr_expect_eq(ws_codec_run(c), WS_CODEC_MORE);
    cr_expect_geq(p.at, (size_t)WS_CODEC_RUN_BYTES);
    cr_expect_lt(p.at, 2 * (size_t)WS_CODEC_RUN_BYTES);
    ws_codec_free(c);
    free(in);
}

Test(ws_codec, a_close_is_answered_with_its_code_if_that_may_be_sent)
{
    uint8_t in[64];
    for (unsigned code = 0; code <= UINT16_MAX; code++) {
        bool may = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                   (code >= 3000 && code <= 4999);
        const char payload[2] = {(char)(code >> 8), (char)code};
        expect_close(in, frame(in, 0x88, payload, 2), may ? code : 1002);
    }
    expect_close(in, frame(in, 0x88, "\x03", 1), 1002);
}

Test(ws_codec, a_close_gives_its_reason_back_if_that_is_text_however_it_comes)
{
    uint8_t in[64];
    for (size_t step = 0; step < 4; step++) {
        struct peer good = {.in = in, .step = step};
        good.n = frame(in, 0x88, "\x0f\xa0\xe2\x82\xac", 5);
        cr_expect_eq(run(&good, NULL), WS_CODEC_CLOSE);
        cr_expect_eq(good.out_n, 7);
        cr_expect_eq(memcmp(good.out, "\x88\x05\x0f\xa0\xe2\x82\xac", 7), 0);
        struct peer bad = {.in = in, .step = step};
        bad.n = frame(in, 0x88, "\x0f\xa0\xe2\x82\xff", 5);
        cr_expect_eq(run(&bad, NULL), WS_CODEC_CLOSE);
        cr_expect_eq((unsigned)bad.out[2] << 8 | bad.out[3], 1007);
    }
}

Test(ws_codec, pings_before_a_broken_frame_are_answered)
{
    uint8_t in[64];
    size_t n = frame(in, 0x89, "one", 3);
    n += frame(in + n, 0x89, "two", 3);
    n += frame(in + n, 0x09, "x", 1);
    struct peer p = {.in = in, .n = n};
    cr_expect_eq(run(&p, NULL), WS_CODEC_CLOSE);
    cr_expect_eq(memcmp(p.out, "\x8a\x03one\x8a\x03two\x88", 11), 0);
}

Test(ws_codec, the_end_of_the_stream_is_told)
{
    struct peer p = {.end = true};
    cr_expect_eq(run(&p, NULL), WS_CODEC_EOF);
}

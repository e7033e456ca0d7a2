/* A fan-out with subscribers that write down what they are sent: "1 2 [3-5] 6 ok left". */
#ifndef TEST_FAN_H
#define TEST_FAN_H

#include "fanout.h"
#include "fanout_catchup.h"

#include <stdio.h>
#include <string.h>

struct reader {
    struct subscriber sub;
    char got[512];
};

static inline void reader_note(struct subscriber *s, const char *text)
{
    struct reader *r = PAL_CONTAINER(s, struct reader, sub);
    size_t n = strlen(r->got);
    (void)snprintf(r->got + n, sizeof r->got - n, "%s%s", n ? " " : "", text);
}

/* A frame is a number with a space after it; several of them at once are shown as "3+4+5". */
static inline void fan_deliver(struct subscriber *s, struct pal_blob *frames, size_t n)
{
    char text[256];
    size_t ends = 0;
    (void)snprintf(text, sizeof text, "%.*s", (int)frames->n - 1, frames->data);
    for (char *p = text; *p; p++)
        if (*p == ' ') {
            *p = '+';
            ends++;
        }
    reader_note(s, ends + 1 == n ? text : "the number of frames is wrong");
}

static inline void fan_gap(struct subscriber *s, uint64_t channel, uint64_t from, uint64_t to)
{
    char text[64];
    (void)channel;
    (void)snprintf(text, sizeof text, "[%llu-%llu]", (unsigned long long)from,
                   (unsigned long long)to);
    reader_note(s, text);
}

static inline void fan_reached(struct subscriber *s)
{
    reader_note(s, "ok");
}

static inline void fan_ended(struct subscriber *s, uint64_t channel, enum fanout_end why)
{
    (void)channel;
    reader_note(s, why == END_LEFT ? "left" : "deleted");
}

static const struct fanout_ops fan_ops = {fan_deliver, fan_gap, fan_reached, fan_ended};

/* The frame of event n is its number and a space. */
static inline struct log_entry fan_entry(uint64_t seq)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%llu ", (unsigned long long)seq);
    return (struct log_entry){.seq = seq, .frame = pal_blob_new(text, (size_t)n)};
}

/* Without the end of the turn. */
static inline void fan_gather(struct fanout *f, uint64_t channel, uint64_t seq, enum log_kind kind,
                              uint64_t subject, int64_t now)
{
    struct log_entry e = fan_entry(seq);
    e.kind = kind;
    e.subject = subject;
    fanout_event(f, channel, &e, now);
    pal_blob_unref(e.frame);
}

static inline void fan_event_kind(struct fanout *f, uint64_t channel, uint64_t seq,
                                  enum log_kind kind, uint64_t subject, int64_t now)
{
    fan_gather(f, channel, seq, kind, subject, now);
    fanout_settle(f, now);
}

static inline void fan_event(struct fanout *f, uint64_t channel, uint64_t seq)
{
    fan_event_kind(f, channel, seq, LOG_PLAIN, 0, 0);
}

/* Answers as chat would whose log holds first..head. */
static inline void fan_answer(struct fanout *f, uint64_t channel, uint64_t after, uint64_t first,
                              uint64_t head, size_t limit, int64_t now)
{
    struct log_entry entries[512];
    size_t n = 0;
    for (uint64_t seq = after + 1 > first ? after + 1 : first; seq <= head && n < limit; seq++)
        entries[n++] = fan_entry(seq);
    struct fanout_answer a = {channel, after, head, first, entries, n};
    fanout_answer(f, &a, now);
    for (size_t i = 0; i < n; i++)
        pal_blob_unref(entries[i].frame);
}

#endif

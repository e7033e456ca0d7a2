/* The few parts of RFC 6455 and of JSON that the generator and the reference need: complete frames
 * of known kinds, members found by their name. Not a parser for anything that comes from a
 * stranger. */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_HEAD_MAX = 14, WIRE_TEXT = 1, WIRE_CLOSE = 8, WIRE_PING = 9, WIRE_PONG = 10 };

struct wire_frame {
    uint8_t opcode;
    const uint8_t *mask; /* NULL: not masked */
    char *payload;
    size_t n, whole; /* of the payload, and with the header */
};

/* False: there is no complete frame yet. */
bool wire_next(char *bytes, size_t n, struct wire_frame *out);

/* Writes the header of a final frame; mask: 4 bytes or NULL. Gives its length. */
size_t wire_head(uint8_t *out, uint8_t opcode, size_t n, const uint8_t *mask);

/* XORs the payload with the mask (5.3). */
void wire_mask(char *payload, size_t n, const uint8_t *mask);

/* What follows `name` in the text, or NULL. */
const char *wire_after(const char *text, size_t n, const char *name);

/* Reads decimal digits up to something else; *end (may be NULL) is set behind them. */
uint64_t wire_digits(const char *text, const char **end);

int64_t wire_now_ns(void);

#endif

/* See wire.h. */
#include "wire.h"

#include <string.h>
#include <time.h>

bool wire_next(char *bytes, size_t n, struct wire_frame *out)
{
    const uint8_t *b = (const uint8_t *)bytes;
    if (n < 2)
        return false;
    bool masked = b[1] & 0x80;
    uint64_t size = b[1] & 0x7f;
    size_t head = 2;
    if (size >= 126) {
        size_t wide = size == 126 ? 2 : 8;
        head += wide;
        if (n < head)
            return false;
        size = 0;
        for (size_t i = 2; i < head; i++)
            size = size << 8 | b[i];
    }
    const uint8_t *mask = masked ? b + head : NULL;
    head += masked ? 4 : 0;
    if (n < head || n - head < size)
        return false;
    *out = (struct wire_frame){b[0] & 15, mask, bytes + head, size, head + size};
    return true;
}

size_t wire_head(uint8_t *out, uint8_t opcode, size_t n, const uint8_t *mask)
{
    size_t head = 2, wide = n < 126 ? 0 : n < 65536 ? 2 : 8;
    out[0] = 0x80 | opcode;
    out[1] = (uint8_t)((mask ? 0x80 : 0) | (wide == 0 ? n : wide == 2 ? 126 : 127));
    for (size_t i = 0; i < wide; i++)
        out[head++] = (uint8_t)(n >> 8 * (wide - 1 - i));
    if (mask) {
        memcpy(out + head, mask, 4);
        head += 4;
    }
    return head;
}

void wire_mask(char *payload, size_t n, const uint8_t *mask)
{
    uint64_t word, both;
    size_t i = 0;
    memcpy(&both, mask, 4);
    memcpy((char *)&both + 4, mask, 4);
    for (; i + 8 <= n; i += 8) {
        memcpy(&word, payload + i, 8);
        word ^= both;
        memcpy(payload + i, &word, 8);
    }
    for (; i < n; i++)
        payload[i] = (char)((uint8_t)payload[i] ^ mask[i % 4]);
}

const char *wire_after(const char *text, size_t n, const char *name)
{
    size_t length = strlen(name);
    const char *at = memmem(text, n, name, length);
    return at ? at + length : NULL;
}

uint64_t wire_digits(const char *text, const char **end)
{
    uint64_t value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    if (end)
        *end = text;
    return value;
}

int64_t wire_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* SipHash-2-4 and the process's key. An attacker who chooses keys cannot make them collide without
 * knowing the seed, which never leaves the process. */
#include "siphash.h"

#include "base/id.h"
#include "base/map.h"

#include <endian.h>

struct sip_state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static void rounds(struct sip_state *s, int count)
{
    for (int i = 0; i < count; i++) {
        s->v0 += s->v1;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v0 = rotate(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v2 = rotate(s->v2, 32);
    }
}

static void compress(struct sip_state *s, uint64_t word)
{
    s->v3 ^= word;
    rounds(s, 2);
    s->v0 ^= word;
}

uint64_t siphash(const uint64_t key[2], const void *p, size_t n)
{
    struct sip_state s = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                          key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
    const unsigned char *in = p;
    size_t left = n;
    for (; left >= 8; left -= 8, in += 8) {
        uint64_t word;
        memcpy(&word, in, sizeof word);
        compress(&s, le64toh(word));
    }
    uint64_t tail = (uint64_t)n << 56;
    for (size_t i = 0; i < left; i++)
        tail |= (uint64_t)in[i] << (8 * i);
    compress(&s, tail);
    s.v2 ^= 0xff;
    rounds(&s, 4);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* allow static: written once before main, read-only afterwards */
static uint64_t seed[2];

static __attribute__((constructor)) void seed_hash(void)
{
    pal_random(seed, sizeof seed);
}

uint64_t pal_hash(const void *p, size_t n)
{
    return siphash(seed, p, n);
}

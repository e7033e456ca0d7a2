/* The seeded hash of both maps; private to lib/base. */
#ifndef PAL_BASE_SIPHASH_H
#define PAL_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 (Aumasson, Bernstein 2012) of n bytes under a 128-bit key. Any thread. */
uint64_t siphash(const uint64_t key[2], const void *p, size_t n);

#endif

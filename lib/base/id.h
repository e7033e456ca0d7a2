/* Random bytes, UUIDs and text encodings of bytes. Any thread. */
#ifndef PAL_BASE_ID_H
#define PAL_BASE_ID_H

#include "base/code.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* getrandom(2); aborts when the kernel has none to give (cannot happen after boot). */
void pal_random(void *p, size_t n);

enum { PAL_UUID_LEN = 36 };
void pal_uuid_v4(uint8_t out[16]);
void pal_uuid_format(const uint8_t in[16], char out[PAL_UUID_LEN + 1]); /* lower case */
bool pal_uuid_parse(struct pal_str s, uint8_t out[16]);                 /* 8-4-4-4-12, any case */

void pal_hex_encode(const void *p, size_t n, char *out); /* 2n + 1 bytes */
bool pal_hex_decode(struct pal_str s, void *out, size_t n);

/* base64url without padding (RFC 4648 §5). Encoded length is (n * 4 + 2) / 3, plus the NUL. */
size_t pal_b64url_encode(const void *p, size_t n, char *out);
bool pal_b64url_decode(struct pal_str s, void *out, size_t cap, size_t *n);

#endif

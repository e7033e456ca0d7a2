/* Secrets at rest: AES-256-GCM under a key derived with HKDF-SHA256 (RFC 5869) from the configured
 * secret. Any thread. */
#ifndef AUTH_SEAL_H
#define AUTH_SEAL_H

#include "base/code.h"
#include "base/error.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

enum { SEAL_KEY_BYTES = 32, SEAL_NONCE_BYTES = 12, SEAL_TAG_BYTES = 16 };
#define SEAL_OVERHEAD (SEAL_NONCE_BYTES + SEAL_TAG_BYTES)

enum pal_code seal_key_derive(struct pal_str secret, uint8_t out[SEAL_KEY_BYTES],
                              struct pal_error *err) PAL_MUST_USE;

/* nonce ‖ ciphertext ‖ tag, plain.n + SEAL_OVERHEAD bytes. bound: what the secret belongs to; must
 * be the same to open. */
enum pal_code seal_close(const uint8_t key[SEAL_KEY_BYTES], struct pal_str plain,
                         struct pal_str bound, uint8_t *out, struct pal_error *err) PAL_MUST_USE;
/* sealed.n - SEAL_OVERHEAD bytes to out. */
enum pal_code seal_open(const uint8_t key[SEAL_KEY_BYTES], struct pal_str sealed,
                        struct pal_str bound, uint8_t *out, struct pal_error *err) PAL_MUST_USE;

#endif

/* What tus 1.0 says in headers: Upload-Metadata and Upload-Checksum. Pure. */
#ifndef CHAT_DOMAIN_TUS_H
#define CHAT_DOMAIN_TUS_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TUS_METADATA_MAX = 4096, TUS_DIGEST_MAX = 32 };

/* Pairs "key base64", separated by commas; keys are ASCII without space and comma, each once. */
bool tus_metadata_ok(struct pal_str header);
/* The value of a key, decoded; false: it is not there, or does not fit. */
bool tus_metadata_get(struct pal_str header, struct pal_str key, char *out, size_t size, size_t *n);

enum tus_checksum {
    TUS_CHECKSUM_NONE,
    TUS_SHA1,
    TUS_SHA256,
    TUS_CHECKSUM_UNKNOWN,
    TUS_CHECKSUM_BAD
};
/* "sha1 base64"; UNKNOWN: an algorithm that is not spoken here. digest: 20 or 32 bytes. */
enum tus_checksum tus_checksum_parse(struct pal_str header, uint8_t digest[TUS_DIGEST_MAX]);

#endif

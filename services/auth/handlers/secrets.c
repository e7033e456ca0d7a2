/* Opaque tokens. */
#include "handlers/secrets.h"

#include "base/id.h"

#include <openssl/sha.h>
#include <string.h>

void secret_hash(struct pal_str text, uint8_t hash[32])
{
    SHA256((const uint8_t *)text.p, text.n, hash);
}

void secret_make(char text[SECRET_TEXT + 1], uint8_t hash[32])
{
    uint8_t bytes[32];
    pal_random(bytes, sizeof bytes);
    pal_b64url_encode(bytes, sizeof bytes, text);
    secret_hash((struct pal_str){text, SECRET_TEXT}, hash);
    explicit_bzero(bytes, sizeof bytes);
}

void secret_forget(struct pal_call *c, const char *field)
{
    json_t *value = json_object_get(c->in, field);
    if (json_is_string(value))
        explicit_bzero((char *)(uintptr_t)json_string_value(value), json_string_length(value));
}

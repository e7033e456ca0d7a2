/* Brute-force defence around the verification of a password. */
#include "handlers/throttling.h"

#include "domain/address.h"
#include "store/session.h"

#include <openssl/evp.h>
#include <string.h>

/* First half of SHA-256 over the parts, each with its length before it. */
static void key_of(uint8_t out[ATTEMPT_KEY_BYTES], const struct pal_str *parts, size_t n)
{
    uint8_t digest[32] = {0};
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
    for (size_t i = 0; i < n; i++) {
        uint8_t length = (uint8_t)parts[i].n; /* names are at most 254 bytes long */
        EVP_DigestUpdate(ctx, &length, 1);
        EVP_DigestUpdate(ctx, parts[i].p, parts[i].n);
    }
    EVP_DigestFinal_ex(ctx, digest, NULL);
    EVP_MD_CTX_free(ctx);
    memcpy(out, digest, ATTEMPT_KEY_BYTES);
}

struct attempt_keys throttling_keys(const struct pal_call *c, const char *space,
                                    struct pal_str name)
{
    struct attempt_keys keys = {0};
    uint8_t network[16];
    address_network(c->caller.address, network);
    const struct pal_str net = {(const char *)network, sizeof network};
    const struct pal_str pair[] = {PAL_STR("pair"), pal_str_of(space), name, net};
    const struct pal_str alone[] = {PAL_STR("account"), pal_str_of(space), name};
    const struct pal_str from[] = {PAL_STR("network"), net};
    key_of(keys.of[THROTTLE_PAIR], pair, 4);
    key_of(keys.of[THROTTLE_ACCOUNT], alone, 3);
    key_of(keys.of[THROTTLE_NETWORK], from, 2);
    return keys;
}

const char *throttling_address(const struct pal_call *c, char buf[46])
{
    if (!address_known(c->caller.address))
        return NULL;
    address_text(c->caller.address, buf);
    return buf;
}

static enum pal_code signed_in_before(struct pal_call *c, uint64_t account, bool *known)
{
    char buf[ADDRESS_TEXT_MAX];
    const char *address = throttling_address(c, buf);
    *known = false;
    if (!address)
        return PAL_OK;
    /* Asked for accounts that do not exist (NULL) too: the time of the answer tells nothing. */
    return session_store_known(c->db, c->arena, account, address, known, &c->err);
}

enum pal_code throttling_admit(struct pal_call *c, const struct attempt_keys *keys,
                               uint64_t account)
{
    struct throttle_count counts[THROTTLE_KINDS];
    bool known;
    enum pal_code code = attempt_store_get(c->db, c->arena, keys, counts, &c->err);
    if (code != PAL_OK || throttle_wait_ms(counts, false, c->now_ms) == 0)
        return code;
    code = signed_in_before(c, account, &known);
    if (code != PAL_OK)
        return code;
    int64_t wait = throttle_wait_ms(counts, known, c->now_ms);
    if (wait == 0)
        return PAL_OK;
    code = pal_fail(c, &pal_err_login_throttled, "try again in %lld s",
                    (long long)(wait + 999) / 1000);
    c->err.retry_after_ms = (uint32_t)wait;
    return code;
}

/* The only file that includes jwt.h. libjwt takes the algorithm from the token and verifies nothing
 * when it is given no key: the algorithm is pinned here before and after, a key is always given,
 * and what is in the token is read by verify.c itself. Any thread. */
#include "token/jws.h"

#include <jwt.h>
#include <openssl/err.h>
#include <string.h>

char *pal_jws_sign(const struct pal_keypair *k, const char *claims)
{
    jwt_t *jwt = NULL;
    char *text = NULL;
    if (!k->private_pem || jwt_new(&jwt) != 0)
        return NULL;
    if (jwt_add_grants_json(jwt, claims) == 0 && jwt_add_header(jwt, "kid", k->kid) == 0 &&
        jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)k->private_pem,
                    (int)strlen(k->private_pem)) == 0)
        text = jwt_encode_str(jwt);
    jwt_free(jwt);
    ERR_clear_error();
    return text;
}

bool pal_jws_verify(const char *token, const char *public_pem)
{
    jwt_t *jwt = NULL;
    size_t n = strlen(public_pem);
    if (n == 0)
        return false;
    int rc = jwt_decode(&jwt, token, (const unsigned char *)public_pem, (int)n);
    bool good = rc == 0 && jwt && jwt_get_alg(jwt) == JWT_ALG_ES256;
    if (rc == 0)
        jwt_free(jwt);
    ERR_clear_error();
    return good;
}

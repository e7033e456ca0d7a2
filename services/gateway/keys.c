/* The key set. */
#include "keys.h"

#include "base/log.h"
#include "gateway.h"
#include "gen/catalogue.h"
#include "token/token.h"

static void on_keys(void *arg, enum pal_code code, const struct pal_frame *reply)
{
    struct gateway *gw = arg;
    struct pal_error err;
    if (gw->stopped || code != PAL_OK || !reply || reply->status != 200)
        return;
    pal_error_clear(&err);
    if (pal_keyset_load(gw->keys, reply->body, &err) != PAL_OK) {
        pal_log_error(PAL_ERROR, "keys of auth not understood", &err);
        return;
    }
    if (pal_keyset_count(gw->keys) > 0 && !atomic_exchange(&gw->keys_loaded, true))
        pal_log(PAL_INFO, "keys loaded", PAL_LI("keys", pal_keyset_count(gw->keys)));
}

void keys_refresh(struct gateway *gw)
{
    upstream_request(gw, &pal_cmd_auth_jwks, 0, NULL, json_object(), on_keys, gw);
}

/* The public keys of auth, by which tokens are verified here. Runs on the keeper's thread. */
#include "service/process.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "token/token.h"

enum { FETCH_MS = 3000, JWKS_MAX = 64 << 10 };

bool pal_keys_fetch(struct pal_service *s)
{
    struct pal_error err = {0};
    struct pal_arena arena;
    struct pal_frame reply = {0};
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = PAL_CMD_AUTH_JWKS,
                                .deadline_ms = (uint64_t)(pal_now_ms() + FETCH_MS),
                                .caller = {.role = PAL_ROLE_SERVICE},
                                .body = PAL_STR("{}")};
    pal_random(request.trace, sizeof request.trace);
    pal_arena_init(&arena, JWKS_MAX);
    enum pal_code code = pal_bus_call(s->peers[PAL_OWNER_AUTH], 0, &request, &arena, &reply, &err);
    bool ok = code == PAL_OK && reply.status == 200 &&
              pal_keyset_load(s->keys, reply.body, &err) == PAL_OK;
    if (!ok && pal_keyset_count(s->keys) == 0)
        pal_log(PAL_DEBUG, "no keys yet", PAL_LI("status", reply.status),
                PAL_LS("detail", err.detail));
    pal_arena_fini(&arena);
    return ok;
}

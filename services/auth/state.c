/* Making and ending what the handlers share. */
#include "state.h"

#include "base/clock.h"
#include "base/log.h"
#include "settings.h"

#include <stdlib.h>

static enum pal_code open_hasher(const struct auth_settings *set, struct password_hasher **out,
                                 struct pal_error *err)
{
    const struct password_params params = {(uint32_t)set->argon2_memory_kib,
                                           (uint32_t)set->argon2_time, (uint32_t)set->argon2_lanes};
    return password_hasher_new(&params, (unsigned)set->argon2_parallel, out, err);
}

static enum pal_code open_keys(struct pal_service *s, struct keyring **out, struct pal_error *err)
{
    struct pal_db *db = NULL;
    struct keyring *keys = NULL;
    enum pal_code code = keyring_new(pal_str_of(auth_settings_of(s)->key_secret), &keys, err);
    if (code == PAL_OK)
        code = pal_service_db(s, "keys", &db, err);
    if (code == PAL_OK)
        code = keyring_open(keys, db, pal_now_ms(), err);
    pal_db_free(db);
    if (code == PAL_OK)
        *out = keys;
    else
        keyring_free(keys);
    return code;
}

enum pal_code auth_start(struct pal_service *s, struct pal_error *err)
{
    struct auth_state *state = calloc(1, sizeof *state);
    if (!state)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    enum pal_code code = open_hasher(auth_settings_of(s), &state->hasher, err);
    if (code == PAL_OK)
        code = open_keys(s, &state->keys, err);
    if (code == PAL_OK)
        code = mailer_start(s, &state->mailer, err);
    if (code != PAL_OK) {
        keyring_free(state->keys);
        password_hasher_free(state->hasher);
        free(state);
        return code;
    }
    pal_service_set_data(s, state);
    return PAL_OK;
}

void auth_stop(struct pal_service *s)
{
    struct auth_state *state = pal_service_data(s);
    if (!state)
        return;
    mailer_stop(state->mailer);
    keyring_free(state->keys);
    password_hasher_free(state->hasher);
    free(state);
}

enum pal_code auth_rotate_keys(struct pal_service *s, struct pal_db *db, const char *argument,
                               struct pal_error *err)
{
    (void)argument;
    const struct auth_settings *set = auth_settings_of(s);
    struct keyring *keys = NULL;
    enum pal_code code = keyring_new(pal_str_of(set->key_secret), &keys, err);
    if (code == PAL_OK)
        code = keyring_rotate(keys, db, pal_now_ms(), set->access_ttl_ms, err);
    keyring_free(keys);
    if (code == PAL_OK)
        pal_log(PAL_INFO, "signing keys rotated");
    return code;
}

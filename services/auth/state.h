/* What the handlers of this process share besides the database: constants and things with locks of
 * their own. */
#ifndef AUTH_STATE_H
#define AUTH_STATE_H

#include "keyring.h"
#include "mailer.h"
#include "password.h"
#include "service/service.h"

struct auth_state {
    struct password_hasher *hasher;
    struct keyring *keys;
    struct mailer *mailer; /* NULL: no e-mail is sent */
};

static inline const struct auth_state *auth_state_of(const struct pal_call *c)
{
    return pal_service_data(c->service);
}

/* Hooks of the skeleton. */
enum pal_code auth_start(struct pal_service *s, struct pal_error *err) PAL_MUST_USE;
void auth_stop(struct pal_service *s);
/* --rotate-keys */
enum pal_code auth_rotate_keys(struct pal_service *s, struct pal_db *db, const char *argument,
                               struct pal_error *err);

#endif

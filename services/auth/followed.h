/* What auth does when other services tell it something. */
#ifndef AUTH_FOLLOWED_H
#define AUTH_FOLLOWED_H

#include "service/service.h"

/* Events of the admin service: bans close every session and keep new ones from opening. */
enum pal_code followed_admin(struct pal_call *c, const struct pal_log_event *e, json_t *body);

#endif

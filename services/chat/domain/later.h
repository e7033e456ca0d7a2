/* What people keep for themselves, and for later: how much, and until when. Pure. */
#ifndef CHAT_DOMAIN_LATER_H
#define CHAT_DOMAIN_LATER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SAVED_MAX = 5000,    /* of one user */
    DRAFTS_MAX = 500,    /* of one user */
    SCHEDULED_MAX = 100, /* of one user: those that wait and those that failed */
    SCHEDULED_DAYS_MAX = 120
};

/* A message can be sent later, but not earlier: after now, and within SCHEDULED_DAYS_MAX. */
bool send_time_fits(int64_t now_ms, int64_t at_ms);

#endif

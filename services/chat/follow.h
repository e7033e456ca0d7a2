/* What chat learns from the event logs of auth and admin. */
#ifndef CHAT_FOLLOW_H
#define CHAT_FOLLOW_H

#include "service/service.h"

extern const struct pal_consumer chat_consumers[];
extern const size_t chat_consumers_count;

#endif

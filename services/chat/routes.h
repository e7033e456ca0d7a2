/* Who answers which command of chat. */
#ifndef CHAT_ROUTES_H
#define CHAT_ROUTES_H

#include "service/service.h"

extern const struct pal_route chat_routes[];
extern const size_t chat_routes_count;

#endif

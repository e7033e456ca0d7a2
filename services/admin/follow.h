/* What admin learns from the others' event logs. */
#ifndef ADMIN_FOLLOW_H
#define ADMIN_FOLLOW_H

#include "service/service.h"

extern const struct pal_consumer admin_consumers[];
extern const size_t admin_consumers_count;

#endif

/* The front of notify: its API and its streams. */
#ifndef NOTIFY_STREAMS_FRONT_H
#define NOTIFY_STREAMS_FRONT_H

#include "service/service.h"

extern const struct pal_service_front notify_front;

#endif

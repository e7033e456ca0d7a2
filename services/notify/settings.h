/* Configuration of notify. */
#ifndef NOTIFY_SETTINGS_H
#define NOTIFY_SETTINGS_H

#include "front/local_front.h"
#include "service/service.h"

struct notify_settings {
    struct pal_service_config service; /* first: what every service has */
    struct pal_front_settings front;
    int64_t streams_per_person;
};

extern const struct pal_config_item notify_config[];
extern const size_t notify_config_count;

#endif

/* Configuration of admin. */
#ifndef ADMIN_SETTINGS_H
#define ADMIN_SETTINGS_H

#include "front/local_front.h"
#include "service/service.h"

struct admin_settings {
    struct pal_service_config service; /* first: what every service has */
    struct pal_front_settings front;
};

extern const struct pal_config_item admin_config[];
extern const size_t admin_config_count;

#endif

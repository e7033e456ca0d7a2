/* The table of notify's own settings. */
#include "settings.h"

const struct pal_config_item notify_config[] = {
    PAL_FRONT_ITEMS(struct notify_settings, front, "NOTIFY", "127.0.0.1:8082"),
    PAL_CFG(struct notify_settings, streams_per_person, PAL_CFG_INT,
            "PALIQUE_NOTIFY_STREAMS_PER_PERSON", "500", 1, 8000,
            "streams (Server-Sent Events) of one person at a time"),
};
const size_t notify_config_count = sizeof notify_config / sizeof *notify_config;

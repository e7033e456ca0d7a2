/* The table of notify's own settings. */
#include "settings.h"

const struct pal_config_item notify_config[] = {
    PAL_FRONT_ITEMS(struct notify_settings, front, "NOTIFY", "127.0.0.1:8082"),
};
const size_t notify_config_count = sizeof notify_config / sizeof *notify_config;

/* The table of admin's own settings. */
#include "settings.h"

const struct pal_config_item admin_config[] = {
    PAL_FRONT_ITEMS(struct admin_settings, front, "ADMIN", "127.0.0.1:8083"),
};
const size_t admin_config_count = sizeof admin_config / sizeof *admin_config;

/* palique-notify: notifications and the streams that carry them. Wiring only. */
#include "follow.h"
#include "gen/notify_migrations.h"
#include "handlers.h"
#include "routes.h"
#include "settings.h"
#include "store/erase.h"
#include "streams/front.h"

static const struct pal_chore chores[] = {{"expire", 3600 * 1000, expire_old},
                                          {"erase users", 500, erase_users}};

static const struct pal_look looks[] = {{erase_users, 0}};

int main(int argc, char **argv)
{
    const struct pal_service_spec spec = {
        .owner = PAL_OWNER_NOTIFY,
        .name = "notify",
        .schema = "notify",
        .routes = notify_routes,
        .n_routes = notify_routes_count,
        .consumers = notify_consumers,
        .n_consumers = notify_consumers_count,
        .chores = chores,
        .n_chores = sizeof chores / sizeof *chores,
        .look = erase_look,
        .looks = looks,
        .n_looks = sizeof looks / sizeof *looks,
        .migrations = notify_migrations,
        .n_migrations = notify_migrations_count,
        .peers = 1U << PAL_OWNER_AUTH | 1U << PAL_OWNER_CHAT | 1U << PAL_OWNER_ADMIN,
        .config_size = sizeof(struct notify_settings),
        .config = notify_config,
        .n_config = notify_config_count,
        .front = &notify_front,
    };
    return pal_service_main(argc, argv, &spec);
}

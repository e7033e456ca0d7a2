/* palique-admin: moderation, reports, audit log, figures. Wiring only. */
#include "dashboard.h"
#include "follow.h"
#include "gen/admin_migrations.h"
#include "handlers.h"
#include "routes.h"
#include "settings.h"
#include "store/copies.h"

static const struct pal_chore chores[] = {{"expire", 3600 * 1000, expire_old}};

int main(int argc, char **argv)
{
    const struct pal_service_spec spec = {
        .owner = PAL_OWNER_ADMIN,
        .name = "admin",
        .schema = "admin",
        .routes = admin_routes,
        .n_routes = admin_routes_count,
        .consumers = admin_consumers,
        .n_consumers = admin_consumers_count,
        .chores = chores,
        .n_chores = sizeof chores / sizeof *chores,
        .role = user_copy_role,
        .migrations = admin_migrations,
        .n_migrations = admin_migrations_count,
        .peers = 1U << PAL_OWNER_AUTH | 1U << PAL_OWNER_CHAT,
        .config_size = sizeof(struct admin_settings),
        .config = admin_config,
        .n_config = admin_config_count,
        .front = &admin_front,
    };
    return pal_service_main(argc, argv, &spec);
}

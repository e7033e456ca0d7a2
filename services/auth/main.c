/* palique-auth: organisations, people, sessions, keys. Wiring only. */
#include "gen/auth_migrations.h"
#include "routes.h"
#include "settings.h"
#include "state.h"
#include "store/account.h"

int main(int argc, char **argv)
{
    const struct pal_service_flag flags[] = {
        {"--rotate-keys", "make a new signing key that takes over in 30 s; nobody is signed out",
         auth_rotate_keys},
    };
    const struct pal_service_spec spec = {
        .owner = PAL_OWNER_AUTH,
        .name = "auth",
        .schema = "auth",
        .routes = auth_routes,
        .n_routes = auth_routes_count,
        .consumers = auth_consumers,
        .n_consumers = auth_consumers_count,
        .chores = auth_chores,
        .n_chores = auth_chores_count,
        .role = account_role,
        .migrations = auth_migrations,
        .n_migrations = auth_migrations_count,
        .peers = 1U << PAL_OWNER_ADMIN,
        .config_size = sizeof(struct auth_settings),
        .config = auth_config,
        .n_config = auth_config_count,
        .start = auth_start,
        .stop = auth_stop,
        .flags = flags,
        .n_flags = sizeof flags / sizeof *flags,
    };
    return pal_service_main(argc, argv, &spec);
}

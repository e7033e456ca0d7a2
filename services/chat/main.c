/* palique-chat: channels and messages. Wiring only. */
#include "files/front.h"
#include "follow.h"
#include "gen/chat_migrations.h"
#include "handlers.h"
#include "routes.h"
#include "settings.h"
#include "store/copies.h"
#include "store/look.h"
#include "verify.h"

static const struct pal_chore slow_chores[] = {{"forget files", 3 * 1000, files_forget},
                                               {"sweep files", 1000, files_sweep},
                                               {"previews", 500, preview_work},
                                               {"pictures", 300, picture_work},
                                               {"erase users", 500, erase_users}};

/* expire: 2,000 events a second, more than anybody sends day and night. search: 5,000. send due:
 * how late a scheduled message may be, and 1,000 of them a second. */
static const struct pal_chore chores[] = {
    {"expire", 5 * 1000, expire_old},         {"archive", 5 * 1000, archive_idle},
    {"search", 200, search_follow},           {"send due", 200, send_due},
    {"expire files", 3 * 1000, files_expire}, {"expire previews", 600 * 1000, preview_expire}};

/* What is to begin soon, and is not there most of the time. */
static const struct pal_look looks[] = {{search_follow, LOOK_SEARCH},
                                        {send_due, LOOK_DUE},
                                        {preview_work, LOOK_PREVIEWS},
                                        {picture_work, LOOK_PICTURES},
                                        {erase_users, LOOK_ERASURE}};

int main(int argc, char **argv)
{
    const struct pal_service_flag flags[] = {
        {"--verify", "read all logs and files, say what is not as it should be, and end",
         chat_verify},
    };
    const struct pal_service_spec spec = {
        .owner = PAL_OWNER_CHAT,
        .name = "chat",
        .schema = "chat",
        .routes = chat_routes,
        .n_routes = chat_routes_count,
        .writer = chat_writer,
        .consumers = chat_consumers,
        .n_consumers = chat_consumers_count,
        .chores = chores,
        .n_chores = sizeof chores / sizeof *chores,
        .slow_chores = slow_chores,
        .n_slow_chores = sizeof slow_chores / sizeof *slow_chores,
        .look = look_statement,
        .looks = looks,
        .n_looks = sizeof looks / sizeof *looks,
        .plan_once = true,
        .role = user_copy_role,
        .migrations = chat_migrations,
        .n_migrations = chat_migrations_count,
        .peers = 1U << PAL_OWNER_AUTH | 1U << PAL_OWNER_ADMIN,
        .start = chat_start,
        .stop = chat_stop,
        .config_size = sizeof(struct chat_settings),
        .config = chat_config,
        .n_config = chat_config_count,
        .front = &files_front,
        .flags = flags,
        .n_flags = sizeof flags / sizeof *flags,
    };
    return pal_service_main(argc, argv, &spec);
}

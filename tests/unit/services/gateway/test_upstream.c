/* As whom the gateway asks. */
#include "upstream.h"

#include "gen/catalogue.h"

#include <criterion/criterion.h>
#include <string.h>

Test(upstream, only_what_the_catalogue_keeps_for_services_is_asked_as_a_service)
{
    static const uint8_t roles[] = {PAL_ROLE_MEMBER, PAL_ROLE_MODERATOR, PAL_ROLE_ADMIN};
    size_t for_services = 0;
    for (size_t i = 0; i < pal_commands_count; i++) {
        const struct pal_command *cmd = pal_commands[i];
        bool service = cmd->min_role == PAL_ROLE_SERVICE;
        for_services += service;
        for (size_t k = 0; k < sizeof roles; k++) {
            struct pal_caller user = {
                .user = 7, .org = 2, .session = 9, .role = roles[k], .address = {1, 2}};
            struct pal_caller as = upstream_caller(cmd, &user);
            cr_expect_eq(as.role, service ? PAL_ROLE_SERVICE : roles[k], "%s", cmd->name);
            cr_expect(as.user == user.user && as.org == user.org && as.session == user.session &&
                          memcmp(as.address, user.address, sizeof as.address) == 0,
                      "%s: the rest stays", cmd->name);
        }
        cr_expect_eq(upstream_caller(cmd, NULL).role, service ? PAL_ROLE_SERVICE : PAL_ROLE_NONE,
                     "%s", cmd->name);
    }
    cr_expect_gt(for_services, 0);
}

Test(upstream, nothing_that_a_socket_can_send_is_kept_for_services)
{
    for (size_t i = 0; i < pal_ws_commands_count; i++)
        cr_expect_neq(pal_ws_commands[i]->min_role, PAL_ROLE_SERVICE, "%s",
                      pal_ws_commands[i]->name);
}

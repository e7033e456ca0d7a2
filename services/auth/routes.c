/* Which command is answered by which handler, in which transaction. */
#include "routes.h"

#include "chores.h"
#include "followed.h"
#include "handlers/handlers.h"

const struct pal_route auth_routes[] = {
    {&pal_cmd_auth_register, auth_register, PAL_TX_WRITE},
    {&pal_cmd_auth_login, auth_login, PAL_TX_NONE}, /* see handlers/login.c */
    {&pal_cmd_auth_logout, auth_logout, PAL_TX_WRITE},
    {&pal_cmd_auth_refresh, auth_refresh, PAL_TX_WRITE},
    {&pal_cmd_auth_me, auth_me, PAL_TX_READ},
    {&pal_cmd_auth_jwks, auth_jwks, PAL_TX_READ},
    {&pal_cmd_invitation_create, invitation_create, PAL_TX_WRITE},
    {&pal_cmd_invitation_list, invitation_list, PAL_TX_READ},
    {&pal_cmd_invitation_delete, invitation_delete, PAL_TX_WRITE},
    {&pal_cmd_user_list, user_list, PAL_TX_READ},
    {&pal_cmd_user_get, user_get, PAL_TX_READ},
    {&pal_cmd_user_update, user_update, PAL_TX_WRITE},
    {&pal_cmd_user_delete, user_delete, PAL_TX_WRITE},
    {&pal_cmd_user_erase, user_erase, PAL_TX_WRITE},
    {&pal_cmd_user_set_status, user_set_status, PAL_TX_WRITE},
    {&pal_cmd_user_by_ids, user_by_ids, PAL_TX_READ},
    {&pal_cmd_user_touch, user_touch, PAL_TX_WRITE},
    {&pal_cmd_user_set_avatar, user_set_avatar, PAL_TX_WRITE},
    {&pal_cmd_user_avatar, user_avatar, PAL_TX_READ},
    {&pal_cmd_organization_get, organization_get, PAL_TX_READ},
    {&pal_cmd_organization_update, organization_update, PAL_TX_WRITE},
    {&pal_cmd_session_list, session_list, PAL_TX_READ},
    {&pal_cmd_session_end, session_end, PAL_TX_WRITE},
    {&pal_cmd_session_end_others, session_end_others, PAL_TX_WRITE},
    {&pal_cmd_session_revoked, session_revoked, PAL_TX_READ},
    {&pal_cmd_auth_options, auth_options, PAL_TX_NONE},
    {&pal_cmd_password_request_reset, password_request_reset, PAL_TX_WRITE},
    {&pal_cmd_password_reset, password_reset, PAL_TX_WRITE},
    {&pal_cmd_email_get, email_get, PAL_TX_READ},
    {&pal_cmd_email_request_verification, email_request_verification, PAL_TX_WRITE},
    {&pal_cmd_email_verify, email_verify, PAL_TX_WRITE},
    {&pal_cmd_mail_failures, mail_failures, PAL_TX_READ},
    {&pal_cmd_auth_events, pal_events_handler, PAL_TX_READ},
};
const size_t auth_routes_count = sizeof auth_routes / sizeof *auth_routes;

const struct pal_consumer auth_consumers[] = {{.source = PAL_OWNER_ADMIN, .apply = followed_admin}};
const size_t auth_consumers_count = sizeof auth_consumers / sizeof *auth_consumers;

const struct pal_chore auth_chores[] = {
    {"sessions", 60000, chore_sessions},
    {"attempts", 300000, chore_attempts},
    {"records", 600000, chore_records},
};
const size_t auth_chores_count = sizeof auth_chores / sizeof *auth_chores;

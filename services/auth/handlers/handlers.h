/* The handlers that routes.c ties to the commands of the catalogue: one function a command, named
 * after it. */
#ifndef AUTH_HANDLERS_HANDLERS_H
#define AUTH_HANDLERS_HANDLERS_H

#include "service/service.h"

pal_handler_fn auth_register, auth_login, auth_logout, auth_refresh, auth_me, auth_jwks;
pal_handler_fn invitation_create, invitation_list, invitation_delete;
pal_handler_fn user_list, user_get, user_update, user_delete, user_erase, user_set_status,
    user_by_ids, user_touch;
pal_handler_fn user_set_avatar, user_avatar;
pal_handler_fn organization_get, organization_update;
pal_handler_fn session_list, session_end, session_end_others, session_revoked;
pal_handler_fn auth_options, password_request_reset, password_reset;
pal_handler_fn email_get, email_request_verification, email_verify, mail_failures;

#endif

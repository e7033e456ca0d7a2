/* Asking for e-mail, in the transaction of what it tells of: mailer.h sends it. */
#ifndef AUTH_HANDLERS_LETTERS_H
#define AUTH_HANDLERS_LETTERS_H

#include "service/service.h"
#include "store/mail.h"

/* mail.off where the installation sends none. */
enum pal_code letters_possible(struct pal_call *c) PAL_MUST_USE;

/* "Is this address yours?", "your password was changed": nothing happens where no e-mail is sent.
 * email: in any case. */
enum pal_code letters_verify(struct pal_call *c, struct pal_str email) PAL_MUST_USE;
enum pal_code letters_password_changed(struct pal_call *c, struct pal_str email) PAL_MUST_USE;

/* A letter with an invitation from the account to its address; mail.too_many when it has sent
 * enough today. */
enum pal_code letters_invitation(struct pal_call *c, uint64_t account, uint64_t invitation,
                                 struct pal_str email_key) PAL_MUST_USE;

/* A letter with a link for a new password, for whoever has the address, if somebody has. */
enum pal_code letters_reset(struct pal_call *c, struct pal_str email_key) PAL_MUST_USE;

#endif

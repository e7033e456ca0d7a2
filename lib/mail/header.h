/* Texts as they stand in the header of a message (RFC 5322, RFC 2047). Whatever is in a text, it
 * stays one field: control characters become spaces, and what is not plain ASCII is encoded. Pure.
 */
#ifndef PAL_MAIL_HEADER_H
#define PAL_MAIL_HEADER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* "Subject: text", folded where it is encoded. */
void pal_mail_subject(struct pal_buf *out, struct pal_str text);

/* "From: name <address>"; field: "From" or "To"; name: may be empty. */
void pal_mail_mailbox(struct pal_buf *out, const char *field, struct pal_str name,
                      struct pal_str address);

/* "Date: Sat, 21 Nov 2026 20:46:31 +0000" */
void pal_mail_date(struct pal_buf *out, int64_t unix_ms);

/* Nothing in it can end a command of SMTP or a field of the header, or be taken for two addresses.
 * What an address looks like beyond that is for who takes it from people to know. */
bool pal_mail_address_safe(struct pal_str address);

#endif

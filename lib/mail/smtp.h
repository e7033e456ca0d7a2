/* Sending mail over SMTP, by libcurl: STARTTLS or TLS from the start, authentication, MIME. A
 * struct pal_smtp belongs to one thread; the connection is kept until pal_smtp_hang_up. */
#ifndef PAL_MAIL_SMTP_H
#define PAL_MAIL_SMTP_H

#include "base/code.h"
#include "base/str.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum pal_smtp_tls {
    PAL_SMTP_TLS_REQUIRED, /* nothing is sent without */
    PAL_SMTP_TLS_TRY,      /* where the server offers it */
    PAL_SMTP_TLS_NONE
};

/* Texts are borrowed for as long as the pal_smtp lives. */
struct pal_smtp_server {
    const char *url;             /* smtp://host:587 or smtps://host:465 */
    const char *user, *password; /* "": no authentication */
    const char *authorities;     /* PEM file; "": those of the system */
    enum pal_smtp_tls tls;       /* for smtp:// */
    int64_t timeout_ms;          /* of one message, connecting included */
};

/* "required", "try" or "none". */
bool pal_smtp_tls_parse(struct pal_str text, enum pal_smtp_tls *out);

struct pal_letter {
    struct pal_str from, from_name; /* address; name that is shown, may be empty */
    struct pal_str to;              /* address */
    struct pal_str subject;
    struct pal_str text, html; /* the same twice, UTF-8, lines end in CR LF */
    struct pal_str id;         /* of the message, without angle brackets: the same when it is sent
                                  again, so that it can be recognised */
    int64_t written_ms;
};

enum pal_smtp_result {
    PAL_SMTP_SENT,    /* the server has taken it */
    PAL_SMTP_LATER,   /* not now; nobody knows whether it was taken when the connection broke */
    PAL_SMTP_REFUSED, /* the server will not take this message for this address, ever (5xx to RCPT
                         or DATA) */
    PAL_SMTP_STOPPED  /* pal_smtp_stop */
};

struct pal_smtp;
/* Once per process before the first, while there are no other users of libcurl. */
bool pal_smtp_prepare(void) PAL_MUST_USE;
struct pal_smtp *pal_smtp_new(const struct pal_smtp_server *server) PAL_MUST_USE;
void pal_smtp_free(struct pal_smtp *s); /* NULL allowed */

enum { PAL_SMTP_WHY_MAX = 240 };
/* why: what the server or libcurl said, one line of printable ASCII; "" when sent. */
enum pal_smtp_result pal_smtp_send(struct pal_smtp *s, const struct pal_letter *letter,
                                   char why[PAL_SMTP_WHY_MAX]) PAL_MUST_USE;
/* Says goodbye to the server. */
void pal_smtp_hang_up(struct pal_smtp *s);
/* What is being sent has until then (pal_mono_ms) to end. Any thread. */
void pal_smtp_stop(struct pal_smtp *s, int64_t until_mono_ms);

#endif

/* What letters say, in Spanish and English. Names that people have chosen stand in invitations
 * only: whoever writes somebody else's address into a form must not be able to have us say
 * something to them. Pure. */
#ifndef AUTH_DOMAIN_LETTER_H
#define AUTH_DOMAIN_LETTER_H

#include "base/buf.h"

#include <stdbool.h>

enum letter_kind { LETTER_RESET, LETTER_VERIFY, LETTER_CHANGED, LETTER_INVITATION, LETTER_KINDS };

/* How long what is behind the link works. */
enum { LETTER_RESET_MS = 3600000, LETTER_VERIFY_MS = 3 * 86400000 };

struct letter_facts {
    enum letter_kind kind;
    bool spanish;
    struct pal_str site;     /* public address of the installation, without a slash at its end */
    struct pal_str address;  /* whom it is to */
    struct pal_str token;    /* behind the link; empty where there is none */
    struct pal_str org_name; /* of an invitation, as its inviter's name */
    struct pal_str inviter;
};

/* Subject, text (lines end in CR LF) and the same as HTML. */
struct letter_text {
    struct pal_buf subject, text, html;
};
enum { LETTER_BYTES_MAX = 16384 };

/* False: it did not fit. The buffers are initialised by this, and freed by the caller. */
bool letter_write(const struct letter_facts *facts, struct letter_text *out);
void letter_fini(struct letter_text *t);

/* How long after the n-th failure (1, 2, …) a letter is tried again: `first`, doubling up to an
 * hour. */
int64_t letter_wait_ms(int64_t first_ms, int failures);

#endif

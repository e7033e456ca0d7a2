/* The thread that sends what is in the queue of e-mail: it takes a letter, writes it, hands it to
 * the server and stores what came of it. Any number of processes do the same. */
#ifndef AUTH_MAILER_H
#define AUTH_MAILER_H

#include "service/service.h"

struct mailer;

/* *out NULL: the settings say that no e-mail is sent. Fails when they contradict each other. */
enum pal_code mailer_start(struct pal_service *s, struct mailer **out,
                           struct pal_error *err) PAL_MUST_USE;
/* Waits for the letter that is under way, at most some seconds. NULL allowed. */
void mailer_stop(struct mailer *m);

#endif

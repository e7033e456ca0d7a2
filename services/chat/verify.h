/* palique-chat --verify: is everything there that the database speaks of? */
#ifndef CHAT_VERIFY_H
#define CHAT_VERIFY_H

#include "service/service.h"

/* Reads the log of every channel and the content of every file, prints what is wrong, one a line,
 * and in the end what was read. Fails when anything is. */
enum pal_code chat_verify(struct pal_service *s, struct pal_db *db, const char *argument,
                          struct pal_error *err) PAL_MUST_USE;

#endif

/* The texts that a field of the catalogue can hold: what validate.c asks about strings. Pure; any
 * thread. Arguments are valid UTF-8. Each answers NULL, or what is wrong ("must be a UUID"), a
 * constant. */
#ifndef PAL_PROTO_CHECK_TEXT_H
#define PAL_PROTO_CHECK_TEXT_H

#include "base/str.h"

/* Control characters (C0, DEL, C1) are refused; multiline: line feeds and tabs are not. */
const char *pal_check_characters(struct pal_str s, bool multiline);

/* The address that HTML's input type=email takes: a local part of at most 64 and labels of at most
 * 63 bytes, ASCII. Whether it exists only a letter can tell. */
const char *pal_check_email(struct pal_str s);

const char *pal_check_uuid(struct pal_str s);
const char *pal_check_time(struct pal_str s); /* RFC 3339 */

/* The decimal text of an id, 1 to 2^53-1, without leading zeros: a key of a map. */
const char *pal_check_id_key(struct pal_str s);

#endif

/* Names under which the storage keeps things. Pure. */
#ifndef CHAT_DOMAIN_LOCATION_H
#define CHAT_DOMAIN_LOCATION_H

#include "base/str.h"

#include <stdint.h>

/* The file that a location was made for: "parts/<id>", "blobs/ab/cd/<SHA-256>.<id>" or
 * "objects/<SHA-256>.<id>"; 0: it is none of these. */
uint64_t location_file(struct pal_str location);

#endif

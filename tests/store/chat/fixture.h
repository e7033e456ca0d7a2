/* A migrated database of chat with people and channels, and drafts of messages. */
#ifndef STORE_CHAT_FIXTURE_H
#define STORE_CHAT_FIXTURE_H

#include "support/database.h"

#include "store/writer.h"

/* Organisation 1: users 1 ana, 2 luis, 3 eva; organisation 2: user 9. Channels of organisation 1,
 * each with member 1: 1 and 2 public (1 with luis too), 3 private, 4 archived; 5 deleted. All heads
 * at seq 0. */
void fixture_make(char url[STORE_URL_MAX]);

/* By user 1 of organisation 1, with a client_id of its own. */
struct post fixture_post(uint64_t channel, const char *content);

#endif

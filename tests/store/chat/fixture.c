#include "fixture.h"

#include "base/id.h"
#include "gen/chat_migrations.h"

#include <stdio.h>
#include <stdlib.h>

static const char people[] =
    "insert into user_copy (user_id, org_id, username) values (1, 1, 'ana'), (2, 1, 'luis'), (3, "
    "1, 'eva'), (9, 2, 'max');"
    "insert into channel (org_id, name, type, created_by, is_archived, deleted_at) values"
    " (1, 'one', 'public', 1, false, null), (1, 'two', 'public', 1, false, null), (1, 'three', "
    "'private', 1, false, null),"
    " (1, 'four', 'public', 1, true, null), (1, 'five', 'public', 1, false, now());"
    "insert into channel_head (channel_id) select id from channel;"
    "insert into member (channel_id, user_id, role) select id, 1, 'owner' from channel;"
    "insert into member (channel_id, user_id) values (1, 2);";

void fixture_make(char url[STORE_URL_MAX])
{
    struct pal_error err = {0};
    store_database("chat", url);
    struct pal_db *db = store_open(url);
    if (pal_db_migrate(db, "chat", chat_migrations, chat_migrations_count, &err) != PAL_OK) {
        fprintf(stderr, "migrations: %s\n", err.detail);
        abort();
    }
    pal_db_free(db);
    store_script(url, people);
}

struct post fixture_post(uint64_t channel, const char *content)
{
    struct post p = {.channel = channel,
                     .user = 1,
                     .org = 1,
                     .content = pal_str_of(content),
                     .type = PAL_STR("text")};
    pal_uuid_v4(p.client_id);
    return p;
}

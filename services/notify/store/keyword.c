/* SQL of keywords. */
#include "store/keyword.h"

#include "domain/text.h"
#include "gen/catalogue.h"

PAL_STATEMENT(
    SQL_KEYWORDS_INSERT,
    "with said as materialized (select g.*, words_of(g.content) as words from unnest($1::bigint[], "
    "$2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], "
    "$9::text[]) g (org_id, channel_id, seq, actor_id, message_id, event_id, en, es, content)) "
    "insert into notification as n (user_id, org_id, channel_id, seq, actor_id, message_id, "
    "event_id, text_en, text_es, kind, priority, source) "
    "select m.user_id, s.org_id, s.channel_id, s.seq, s.actor_id, s.message_id, s.event_id, s.en, "
    "s.es, $10, $11, $12 from said s join member m on m.channel_id = s.channel_id and m.listens "
    "and m.user_id <> s.actor_id and m.joined_seq < s.seq join preference p on p.user_id = "
    "m.user_id where exists (select from unnest(p.keywords) k where strpos(s.words, words_of(k)) > "
    "0) order by s.event_id, m.user_id "
    "on conflict do nothing returning n.org_id, n.user_id, event_if_told(n)");

enum pal_code keywords_insert(struct pal_db *db, struct pal_arena *arena, const struct said *said,
                              size_t n, struct pal_rows *out, struct pal_error *err)
{
    static const enum mention_number columns[] = {MENTION_ORG,   MENTION_CHANNEL, MENTION_SEQ,
                                                  MENTION_ACTOR, MENTION_MESSAGE, MENTION_EVENT};
    struct pal_params p;
    int64_t *v = pal_arena_alloc(arena, n * sizeof *v);
    struct pal_str *texts = pal_arena_alloc(arena, 3 * n * sizeof *texts);
    if (!v || !texts)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    pal_params_init(&p, arena);
    for (size_t column = 0; column < sizeof columns / sizeof *columns; column++) {
        for (size_t i = 0; i < n; i++)
            v[i] = said[i].of.numbers[columns[column]];
        pal_p_ints(&p, v, n);
    }
    for (size_t i = 0; i < n; i++) {
        texts[i] = said[i].of.en;
        texts[n + i] = said[i].of.es;
        texts[2 * n + i] = said[i].content;
    }
    for (size_t column = 0; column < 3; column++)
        pal_p_strs(&p, texts + column * n, n);
    pal_p_str(&p, pal_str_of(notice_kind_name(NOTICE_KEYWORD)));
    pal_p_str(&p, pal_str_of(notice_priority(NOTICE_KEYWORD)));
    pal_p_int(&p, PAL_OWNER_CHAT);
    return pal_db_run(db, &SQL_KEYWORDS_INSERT, &p, out, err);
}

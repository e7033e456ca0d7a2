/* The queue of e-mail. */
#include "store/mail.h"

#include "gen/catalogue.h"
#include "store/rows.h"

static const char *const kinds[] = {"reset", "verify", "changed", "invitation"};

const char *mail_kind_name(enum mail_kind kind)
{
    return kinds[kind];
}

static enum mail_kind kind_of(struct pal_str name)
{
    unsigned kind = MAIL_RESET;
    while (kind < MAIL_INVITATION && !pal_str_eq(name, pal_str_of(kinds[kind])))
        kind++;
    return (enum mail_kind)kind;
}

PAL_STATEMENT(mail_add_sql, "insert into mail (kind, recipient, invitation_id, expires_at)"
                            " select $1, $2, $3::bigint, now() + $4::bigint * interval '1 ms'"
                            " where not exists (select from mail where recipient = $2 and kind = $1"
                            " and failed_at is null and attempts = 0"
                            " and invitation_id is not distinct from $3::bigint)");

enum pal_code mail_store_add(struct pal_db *db, struct pal_arena *arena, enum mail_kind kind,
                             struct pal_str recipient, uint64_t invitation, int64_t within_ms,
                             struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, pal_str_of(kinds[kind]));
    pal_p_str(&p, recipient);
    pal_p_id(&p, invitation);
    pal_p_int(&p, within_ms);
    return pal_db_exec(db, &mail_add_sql, &p, NULL, err);
}

PAL_STATEMENT(mail_late_sql,
              "update mail set failed_at = now(), reason = coalesce(reason, 'too late')"
              " where failed_at is null and due_at <= now() and expires_at <= now()");
PAL_STATEMENT(mail_take_sql,
              "update mail set attempts = attempts + 1,"
              " due_at = now() + $1::bigint * interval '1 ms'"
              " where id = (select id from mail where failed_at is null and due_at <= now()"
              " order by due_at, id limit 1 for update skip locked)"
              " returning id, kind, recipient, invitation_id, attempts, unix_ms(created_at)");

enum pal_code mail_store_take(struct pal_db *db, struct pal_arena *arena, int64_t lease_ms,
                              struct mail *out, struct pal_error *err)
{
    PAL_ROWS rows;
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_int(&p, lease_ms);
    enum pal_code code = pal_db_exec(db, &mail_late_sql, NULL, NULL, err);
    if (code == PAL_OK)
        code = pal_db_run(db, &mail_take_sql, &p, &rows, err);
    else
        return code;
    if (code != PAL_OK)
        return code;
    if (rows.n == 0)
        return PAL_NOT_FOUND;
    *out = (struct mail){.id = (uint64_t)pal_row_int(&rows, 0, 0),
                         .kind = kind_of(pal_row_str(&rows, 0, 1)),
                         .invitation = (uint64_t)pal_row_int(&rows, 0, 3),
                         .attempts = (int)pal_row_int(&rows, 0, 4),
                         .created_ms = pal_row_int(&rows, 0, 5)};
    return row_text(&rows, 0, 2, arena, &out->recipient, err) ? PAL_OK : PAL_INTERNAL;
}

PAL_STATEMENT(mail_done_sql, "delete from mail where id = $1 and attempts = $2");

enum pal_code mail_store_done(struct pal_db *db, struct pal_arena *arena, const struct mail *m,
                              struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, m->id);
    pal_p_int(&p, m->attempts);
    return pal_db_exec(db, &mail_done_sql, &p, NULL, err);
}

PAL_STATEMENT(mail_failed_sql,
              "update mail set reason = $4, due_at = now() + $3::bigint * interval '1 ms',"
              " failed_at = case when $3::bigint < 0"
              " or now() + $3::bigint * interval '1 ms' >= expires_at then now() end"
              " where id = $1 and attempts = $2 returning (failed_at is not null)::integer");

enum pal_code mail_store_failed(struct pal_db *db, struct pal_arena *arena, const struct mail *m,
                                int64_t wait_ms, struct pal_str reason, bool *given_up,
                                struct pal_error *err)
{
    struct pal_params p;
    int64_t over = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, m->id);
    pal_p_int(&p, m->attempts);
    pal_p_int(&p, wait_ms);
    pal_p_str(&p, reason);
    enum pal_code code = store_int(db, &mail_failed_sql, &p, &over, err);
    *given_up = code == PAL_OK && over;
    return code == PAL_NOT_FOUND ? PAL_OK : code;
}

PAL_STATEMENT(mail_figures_sql,
              "select count(*) filter (where failed_at is null),"
              " coalesce(unix_ms(min(created_at) filter (where failed_at is null)), 0),"
              " count(*) filter (where failed_at is not null) from mail");

enum pal_code mail_store_figures(struct pal_db *db, struct mail_figures *out, struct pal_error *err)
{
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &mail_figures_sql, NULL, &rows, err);
    if (code == PAL_OK)
        *out = (struct mail_figures){.waiting = pal_row_int(&rows, 0, 0),
                                     .oldest_ms = pal_row_int(&rows, 0, 1),
                                     .failed = pal_row_int(&rows, 0, 2)};
    return code;
}

PAL_STATEMENT(
    mail_failures_sql,
    "with page as (select m.*, row_number() over (order by m.id desc) as n from mail m"
    " left join invitation i on i.id = m.invitation_id"
    " left join account a on m.invitation_id is null and a.email_key = m.recipient"
    " where m.failed_at is not null and coalesce(i.organization_id, a.organization_id) = $1"
    " and ($2::bigint is null or m.id < $2) order by m.id desc limit $3::bigint + 1)"
    " select jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object('id', id,"
    " 'kind', kind, 'email', recipient, 'attempts', attempts, 'reason', reason,"
    " 'created_at', iso(created_at), 'failed_at', iso(failed_at)) order by n)"
    " filter (where n <= $3), '[]'), 'next_cursor',"
    " case when count(*) > $3 then (min(id) filter (where n = $3))::text end) from page");

enum pal_code mail_store_failures(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  uint64_t before, int limit, struct pal_str *json,
                                  struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    pal_p_id(&p, before);
    pal_p_int(&p, limit);
    return store_text(db, &mail_failures_sql, &p, arena, json, err);
}

PAL_STATEMENT(mail_count_sql, "insert into mail_quota as q (account_id, letters) values ($1, 1)"
                              " on conflict (account_id, day) do update set letters = q.letters + 1"
                              " where q.letters < $2");

enum pal_code mail_store_count(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                               int share, bool *fine, struct pal_error *err)
{
    struct pal_params p;
    int64_t n = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    pal_p_int(&p, share);
    enum pal_code code = pal_db_exec(db, &mail_count_sql, &p, &n, err);
    if (code == PAL_OK)
        *fine = n > 0;
    return code;
}

PAL_STATEMENT(mail_token_expire_sql, "delete from mail_token where expires_at < now()");
PAL_STATEMENT(mail_expire_sql, "delete from mail where coalesce(failed_at, expires_at)"
                               " < now() - interval '30 days'");
PAL_STATEMENT(mail_quota_expire_sql, "delete from mail_quota where day < current_date - 1");

enum pal_code mail_store_expire(struct pal_db *db, struct pal_error *err)
{
    enum pal_code code = pal_db_exec(db, &mail_token_expire_sql, NULL, NULL, err);
    if (code == PAL_OK)
        code = pal_db_exec(db, &mail_expire_sql, NULL, NULL, err);
    return code == PAL_OK ? pal_db_exec(db, &mail_quota_expire_sql, NULL, NULL, err) : code;
}

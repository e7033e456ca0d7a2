/* What letters are written from, and the tokens in them. */
#include "store/mail_token.h"

#include "gen/catalogue.h"
#include "store/rows.h"

PAL_STATEMENT(mail_facts_sql,
              "select a.id, a.email, a.language, '', '', 0, a.email_verified_at is not null,"
              " (select count(distinct t.mail_id) from mail_token t where t.email_key = $1"
              " and t.purpose = $3 and t.mail_id <> $2 and t.expires_at > now())"
              " from account a join organization o on o.id = a.organization_id"
              " where a.email_key = $1 and a.is_active and o.is_active");
/* Who has lost the address along with the password is told too. */
PAL_STATEMENT(
    changed_facts_sql,
    "select 0, coalesce(a.email, m.recipient), coalesce(a.language, 'en'), '', '', 0, false, 0"
    " from (select $1::text as recipient) m"
    " left join account a on a.email_key = m.recipient");
PAL_STATEMENT(invitation_facts_sql,
              "select 0, i.email, a.language, o.name, a.display_name, unix_ms(i.expires_at), false,"
              " 0 from invitation i join account a on a.id = i.created_by"
              " join organization o on o.id = i.organization_id"
              " where i.id = $1 and i.uses < i.max_uses and i.expires_at > now()"
              " and a.is_active and o.is_active");

static enum pal_code take_facts(const struct pal_rows *r, struct pal_arena *arena,
                                struct mail_facts *out, struct pal_error *err)
{
    struct mail_facts f = {.account = (uint64_t)pal_row_int(r, 0, 0),
                           .expires_ms = pal_row_int(r, 0, 5),
                           .verified = pal_row_bool(r, 0, 6),
                           .recent = (int)pal_row_int(r, 0, 7)};
    if (!row_text(r, 0, 1, arena, &f.address, err) || !row_text(r, 0, 2, arena, &f.language, err) ||
        !row_text(r, 0, 3, arena, &f.org_name, err) || !row_text(r, 0, 4, arena, &f.inviter, err))
        return PAL_INTERNAL;
    *out = f;
    return PAL_OK;
}

enum pal_code mail_facts_get(struct pal_db *db, struct pal_arena *arena, const struct mail *m,
                             struct mail_facts *out, struct pal_error *err)
{
    PAL_ROWS rows;
    struct pal_params p;
    const struct pal_statement *sql = &mail_facts_sql;
    pal_params_init(&p, arena);
    if (m->kind == MAIL_INVITATION) {
        sql = &invitation_facts_sql;
        pal_p_id(&p, m->invitation);
    } else if (m->kind == MAIL_CHANGED) {
        sql = &changed_facts_sql;
        pal_p_str(&p, m->recipient);
    } else {
        pal_p_str(&p, m->recipient);
        pal_p_id(&p, m->id);
        pal_p_str(&p, pal_str_of(mail_kind_name(m->kind)));
    }
    enum pal_code code = pal_db_run(db, sql, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    return rows.n == 1 ? take_facts(&rows, arena, out, err) : PAL_NOT_FOUND;
}

PAL_STATEMENT(mail_token_insert_sql,
              "insert into mail_token"
              " (hash, mail_id, purpose, account_id, invitation_id, email_key, expires_at)"
              " values ($1, $2, $3, $4, $5, $6, $7)");

enum pal_code mail_token_insert(struct pal_db *db, struct pal_arena *arena, const struct mail *m,
                                const struct mail_facts *facts, const uint8_t hash[32],
                                int64_t expires_ms, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_bytes(&p, hash, 32);
    pal_p_id(&p, m->id);
    pal_p_str(&p, pal_str_of(mail_kind_name(m->kind)));
    pal_p_id(&p, facts->account);
    pal_p_id(&p, m->invitation);
    pal_p_str(&p, m->recipient);
    pal_p_time(&p, expires_ms);
    return pal_db_exec(db, &mail_token_insert_sql, &p, NULL, err);
}

PAL_STATEMENT(mail_token_get_sql,
              "select t.account_id from mail_token t join account a on a.id = t.account_id"
              " join organization o on o.id = a.organization_id"
              " where t.hash = $1 and t.purpose = $2 and t.expires_at > now()"
              " and t.email_key = a.email_key and a.is_active and o.is_active");

enum pal_code mail_token_get(struct pal_db *db, struct pal_arena *arena, enum mail_kind kind,
                             const uint8_t hash[32], uint64_t *account, struct pal_error *err)
{
    struct pal_params p;
    int64_t id = 0;
    pal_params_init(&p, arena);
    pal_p_bytes(&p, hash, 32);
    pal_p_str(&p, pal_str_of(mail_kind_name(kind)));
    enum pal_code code = store_int(db, &mail_token_get_sql, &p, &id, err);
    if (code == PAL_OK)
        *account = (uint64_t)id;
    return code;
}

PAL_STATEMENT(mail_token_use_sql,
              "with gone as (delete from mail_token where hash = $1 and purpose = $2"
              " and expires_at > now() returning account_id, email_key),"
              " others as (delete from mail_token t using gone g"
              " where t.account_id = g.account_id and t.purpose = $2 and t.hash <> $1"
              " and t.email_key = g.email_key)"
              " update account a set email_verified_at = coalesce(a.email_verified_at, now())"
              " from gone g where a.id = g.account_id and a.email_key = g.email_key");

enum pal_code mail_token_use(struct pal_db *db, struct pal_arena *arena, enum mail_kind kind,
                             const uint8_t hash[32], bool *used, struct pal_error *err)
{
    struct pal_params p;
    int64_t n = 0;
    pal_params_init(&p, arena);
    pal_p_bytes(&p, hash, 32);
    pal_p_str(&p, pal_str_of(mail_kind_name(kind)));
    enum pal_code code = pal_db_exec(db, &mail_token_use_sql, &p, &n, err);
    if (code == PAL_OK)
        *used = n > 0;
    return code;
}

PAL_STATEMENT(email_state_sql,
              "select jsonb_build_object('email', email, 'verified_at', iso(email_verified_at))"
              " from account where id = $1");

enum pal_code email_store_state(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, account);
    return store_text(db, &email_state_sql, &p, arena, json, err);
}

/* Accounts. */
#include "store/account.h"

#include "gen/catalogue.h"
#include "store/rows.h"

#include <string.h>

#define ACCOUNT_COLUMNS                                          \
    "a.id, a.organization_id, a.role, a.is_active, o.is_active," \
    " coalesce(unix_ms(a.banned_until), 0), a.email, a.username, o.name, a.password_hash"

static enum pal_code take_account(const struct pal_rows *r, struct pal_arena *arena,
                                  struct account *out, struct pal_error *err)
{
    struct account a = {
        .id = (uint64_t)pal_row_int(r, 0, 0),
        .org = (uint64_t)pal_row_int(r, 0, 1),
        .role = (int)pal_row_int(r, 0, 2),
        .is_active = pal_row_bool(r, 0, 3),
        .org_active = pal_row_bool(r, 0, 4),
        .banned_until_ms = pal_row_int(r, 0, 5),
    };
    if (!row_text(r, 0, 6, arena, &a.email, err) || !row_text(r, 0, 7, arena, &a.username, err) ||
        !row_text(r, 0, 8, arena, &a.org_name, err) ||
        !row_text(r, 0, 9, arena, &a.password_hash, err))
        return PAL_INTERNAL;
    *out = a;
    return PAL_OK;
}

static enum pal_code one_account(struct pal_db *db, const struct pal_statement *st,
                                 const struct pal_params *p, struct account *out,
                                 struct pal_error *err)
{
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    if (code != PAL_OK)
        return code;
    return rows.n == 1 ? take_account(&rows, p->arena, out, err) : PAL_NOT_FOUND;
}

PAL_STATEMENT(account_get_sql, "select " ACCOUNT_COLUMNS
                               " from account a join organization o on o.id = a.organization_id"
                               " where a.id = $1");

enum pal_code account_store_get(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                struct account *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    return one_account(db, &account_get_sql, &p, out, err);
}

PAL_STATEMENT(account_by_email_sql,
              "select " ACCOUNT_COLUMNS
              " from account a join organization o on o.id = a.organization_id"
              " where a.email_key = $1");

PAL_STATEMENT(account_by_username_sql,
              "select " ACCOUNT_COLUMNS
              " from account a join organization o on o.id = a.organization_id"
              " where lower(a.username) = $1 limit 2");

enum pal_code account_store_find(struct pal_db *db, struct pal_arena *arena,
                                 struct pal_str email_key, struct pal_str username_key,
                                 struct account *out, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, email_key.p ? email_key : username_key);
    return one_account(db, email_key.p ? &account_by_email_sql : &account_by_username_sql, &p, out,
                       err);
}

PAL_STATEMENT(organization_lock_sql, "select id from organization where id = $1 for update");
PAL_STATEMENT(account_other_admins_sql,
              "select count(*) from account"
              " where organization_id = $1 and id <> $2 and role = 3 and is_active"
              " and coalesce(banned_until <= now(), true)");

enum pal_code account_store_other_admins(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                         uint64_t id, int *out, struct pal_error *err)
{
    struct pal_params p;
    int64_t n = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, org);
    enum pal_code code = pal_db_exec(db, &organization_lock_sql, &p, NULL, err);
    if (code != PAL_OK)
        return code;
    pal_p_id(&p, id);
    code = store_int(db, &account_other_admins_sql, &p, &n, err);
    if (code == PAL_OK)
        *out = (int)n;
    return code;
}

/* Says which of the two names is taken. */
static enum pal_code taken(const struct pal_db *db, enum pal_code code, struct pal_error *err)
{
    const char *constraint = pal_db_constraint(db);
    if (code != PAL_CONFLICT)
        return code;
    pal_error_clear(err);
    if (strcmp(constraint, "account_email") == 0)
        return pal_error_set(err, &pal_err_email_taken, "somebody has this address already");
    if (strcmp(constraint, "account_username") == 0)
        return pal_error_set(err, &pal_err_username_taken,
                             "somebody of the organisation has this username");
    return pal_error_set(err, &pal_err_resource_conflict, "%s", constraint);
}

PAL_STATEMENT(
    account_insert_sql,
    "insert into account (organization_id, email, email_key, username, display_name, role,"
    " language, password_hash, last_activity, email_verified_at)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, now(), case when $9 then now() end) returning id");

enum pal_code account_store_insert(struct pal_db *db, struct pal_arena *arena,
                                   const struct new_account *a, uint64_t *id, struct pal_error *err)
{
    struct pal_params p;
    int64_t made = 0;
    pal_params_init(&p, arena);
    pal_p_id(&p, a->org);
    pal_p_str(&p, a->email);
    pal_p_str(&p, a->email_key);
    pal_p_str(&p, a->username);
    pal_p_str(&p, a->display_name);
    pal_p_int(&p, a->role);
    pal_p_str(&p, a->language);
    pal_p_str(&p, a->password_hash);
    pal_p_bool(&p, a->email_verified);
    enum pal_code code = store_int(db, &account_insert_sql, &p, &made, err);
    if (code != PAL_OK)
        return taken(db, code, err);
    *id = (uint64_t)made;
    return PAL_OK;
}

PAL_STATEMENT(account_update_sql,
              "update account set username = coalesce($2, username),"
              " display_name = coalesce($3, display_name), email = coalesce($4, email),"
              " email_key = coalesce($5, email_key), language = coalesce($6, language),"
              " status = coalesce($7, status), status_text = coalesce($8, status_text),"
              " password_hash = coalesce($9, password_hash),"
              " profile_picture = case when $10 then $11 else profile_picture end,"
              " role = coalesce($12, role), is_active = coalesce($13, is_active),"
              " last_activity = case when $14 then now() else last_activity end"
              " where id = $1");

enum pal_code account_store_update(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                   bool self, const struct account_change *ch,
                                   struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    pal_p_str(&p, ch->username);
    pal_p_str(&p, ch->display_name);
    pal_p_str(&p, ch->email);
    pal_p_str(&p, ch->email_key);
    pal_p_str(&p, ch->language);
    pal_p_str(&p, ch->status);
    pal_p_str(&p, ch->status_text);
    pal_p_str(&p, ch->password_hash);
    pal_p_bool(&p, ch->set_picture);
    pal_p_str(&p, ch->picture);
    pal_p_id(&p, (uint64_t)ch->role);
    if (ch->active < 0)
        pal_p_null(&p);
    else
        pal_p_bool(&p, ch->active > 0);
    pal_p_bool(&p, self);
    int64_t n = 0;
    enum pal_code code = taken(db, pal_db_exec(db, &account_update_sql, &p, &n, err), err);
    /* A trigger keeps what was erased as it is. */
    if (code == PAL_OK && n == 0)
        return pal_error_set(err, &pal_err_user_erased, "erased users stay as they are");
    return code;
}

PAL_STATEMENT(account_rehash_sql,
              "update account set password_hash = $3 where id = $1 and password_hash = $2");

enum pal_code account_store_rehash(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                   struct pal_str old, struct pal_str hash, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    pal_p_str(&p, old);
    pal_p_str(&p, hash);
    return pal_db_exec(db, &account_rehash_sql, &p, NULL, err);
}

/* In id order, so that two gateways that tell of the same people cannot block each other. */
PAL_STATEMENT(account_touch_sql,
              "with these as (select id from account where id = any($1::bigint[])"
              " and (last_activity is null or last_activity < now() - interval '20 seconds')"
              " order by id for update skip locked)"
              " update account a set last_activity = now() from these where a.id = these.id");

enum pal_code account_store_touch(struct pal_db *db, struct pal_arena *arena, const int64_t *ids,
                                  size_t n, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_ints(&p, ids, n);
    return pal_db_exec(db, &account_touch_sql, &p, NULL, err);
}

PAL_STATEMENT(account_role_sql,
              "select (array['member', 'moderator', 'admin'])[role] from account where id = $1");
const struct pal_statement *const account_role = &account_role_sql;

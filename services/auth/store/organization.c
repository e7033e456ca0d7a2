/* Organisations. */
#include "store/organization.h"

#include "gen/catalogue.h"
#include "store/rows.h"

PAL_STATEMENT(registration_lock_sql, "select pg_advisory_xact_lock(hashtext('auth.registration'))");

enum pal_code organization_store_lock_registration(struct pal_db *db, struct pal_error *err)
{
    return pal_db_exec(db, &registration_lock_sql, NULL, NULL, err);
}

PAL_STATEMENT(organization_any_sql, "select exists (select from organization)");

enum pal_code organization_store_any(struct pal_db *db, bool *any, struct pal_error *err)
{
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &organization_any_sql, NULL, &rows, err);
    if (code == PAL_OK)
        *any = pal_row_bool(&rows, 0, 0);
    return code;
}

PAL_STATEMENT(organization_by_domain_sql,
              "select id, is_active from organization where domain = $1");

enum pal_code organization_store_by_domain(struct pal_db *db, struct pal_arena *arena,
                                           struct pal_str domain, uint64_t *id, bool *is_active,
                                           struct pal_error *err)
{
    PAL_ROWS rows;
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_str(&p, domain);
    enum pal_code code = pal_db_run(db, &organization_by_domain_sql, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *id = rows.n ? (uint64_t)pal_row_int(&rows, 0, 0) : 0;
    *is_active = rows.n && pal_row_bool(&rows, 0, 1);
    return PAL_OK;
}

PAL_STATEMENT(organization_insert_sql,
              "insert into organization (name, domain) values ($1, $2) returning id");

enum pal_code organization_store_insert(struct pal_db *db, struct pal_arena *arena,
                                        struct pal_str name, struct pal_str domain, uint64_t *id,
                                        struct pal_error *err)
{
    struct pal_params p;
    int64_t made = 0;
    pal_params_init(&p, arena);
    pal_p_str(&p, name);
    pal_p_str(&p, domain);
    enum pal_code code = store_int(db, &organization_insert_sql, &p, &made, err);
    if (code == PAL_OK)
        *id = (uint64_t)made;
    return code;
}

PAL_STATEMENT(organization_update_sql,
              "update organization set name = coalesce($2, name),"
              " domain = case when $3 then $4 else domain end where id = $1");

enum pal_code organization_store_update(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                        struct pal_str name, bool set_domain, struct pal_str domain,
                                        struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    pal_p_str(&p, name);
    pal_p_bool(&p, set_domain);
    pal_p_str(&p, domain);
    enum pal_code code = pal_db_exec(db, &organization_update_sql, &p, NULL, err);
    if (code != PAL_CONFLICT)
        return code;
    pal_error_clear(err);
    return pal_error_set(err, &pal_err_organization_domain_taken,
                         "%.*s belongs to another organisation", (int)domain.n, domain.p);
}

PAL_STATEMENT(organization_json_sql,
              "select organization_json(o) from organization o where o.id = $1");

enum pal_code organization_store_json(struct pal_db *db, struct pal_arena *arena, uint64_t id,
                                      struct pal_str *json, struct pal_error *err)
{
    struct pal_params p;
    pal_params_init(&p, arena);
    pal_p_id(&p, id);
    return store_text(db, &organization_json_sql, &p, arena, json, err);
}

/* Forward-only migrations: each in a transaction of its own under an advisory lock, so that
 * replicas which start together apply each once; name and SHA-256 are recorded, a file changed
 * afterwards is refused. */
#include "db/connection.h"

#include "base/id.h"
#include "base/log.h"
#include "gen/catalogue.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

PAL_STATEMENT(sql_migration_schema, "select coalesce(current_schema(), '')::text");
PAL_STATEMENT(sql_migration_lock,
              "select pg_advisory_xact_lock(hashtext('palique migrations ' || $1::text))");

/* Not PAL_STATEMENTs: they are run before the table that they speak of is there. */
static const struct pal_statement sql_migration_exists = {
    "sql_migration_exists", "select to_regclass(current_schema() || '.migration') is not null"};
static const struct pal_statement sql_migration_table = {
    "sql_migration_table", "create table migration (number integer primary key, name text not null,"
                           " sha256 text not null, applied_at timestamptz not null default now())"};
static const struct pal_statement sql_migration_get = {
    "sql_migration_get", "select name, sha256 from migration where number = $1::integer"};
static const struct pal_statement sql_migration_newest = {
    "sql_migration_newest", "select coalesce(max(number), 0) from migration"};
static const struct pal_statement sql_migration_put = {
    "sql_migration_put",
    "insert into migration (number, name, sha256) values ($1::integer, $2::text, $3::text)"};

enum { HASH_TEXT = 2 * SHA256_DIGEST_LENGTH + 1 };

static void hash_of(const char *sql, char out[HASH_TEXT])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)sql, strlen(sql), digest);
    pal_hex_encode(digest, sizeof digest, out);
}

static enum pal_code one_text(struct pal_db *db, const struct pal_statement *st,
                              const struct pal_params *p, char out[64], struct pal_error *err)
{
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, st, p, &rows, err);
    if (code == PAL_OK)
        snprintf(out, 64, "%.*s", (int)pal_row_str(&rows, 0, 0).n, pal_row_str(&rows, 0, 0).p);
    return code;
}

static enum pal_code check_schema(struct pal_db *db, const char *schema, struct pal_error *err)
{
    char current[64] = "";
    enum pal_code code = one_text(db, &sql_migration_schema, NULL, current, err);
    if (code == PAL_OK && strcmp(current, schema) != 0)
        return pal_error_set(
            err, &pal_err_service_internal,
            "the database role's search_path leads to \"%s\", not to the schema \"%s\"", current,
            schema);
    return code;
}

/* Locks, and makes the table that records what was done. */
static enum pal_code lock(struct pal_db *db, const char *schema, struct pal_arena *arena,
                          struct pal_error *err)
{
    struct pal_params p;
    char exists[64] = "";
    pal_params_init(&p, arena);
    pal_p_str(&p, pal_str_of(schema));
    enum pal_code code = pal_db_exec(db, &sql_migration_lock, &p, NULL, err);
    if (code == PAL_OK)
        code = one_text(db, &sql_migration_exists, NULL, exists, err);
    if (code == PAL_OK && strcmp(exists, "t") != 0)
        code = pal_db_exec(db, &sql_migration_table, NULL, NULL, err);
    return code;
}

/* *applied: it is recorded, and with this very text. */
static enum pal_code look_up(struct pal_db *db, const struct pal_migration *m,
                             struct pal_arena *arena, bool *applied, struct pal_error *err)
{
    struct pal_params p;
    char hash[HASH_TEXT];
    PAL_ROWS rows;
    hash_of(m->sql, hash);
    pal_params_init(&p, arena);
    pal_p_int(&p, m->number);
    enum pal_code code = pal_db_run(db, &sql_migration_get, &p, &rows, err);
    if (code != PAL_OK)
        return code;
    *applied = rows.n == 1;
    if (!*applied || pal_str_eq(pal_row_str(&rows, 0, 1), pal_str_of(hash)))
        return PAL_OK;
    return pal_error_set(err, &pal_err_service_internal,
                         "migration %04d_%s was changed after it had been applied", m->number,
                         m->name);
}

static enum pal_code check_order(struct pal_db *db, const struct pal_migration *m,
                                 struct pal_error *err)
{
    char text[64] = "";
    int64_t newest = 0;
    enum pal_code code = one_text(db, &sql_migration_newest, NULL, text, err);
    if (code == PAL_OK && pal_parse_i64(pal_str_of(text), &newest) && newest > m->number)
        return pal_error_set(err, &pal_err_service_internal,
                             "migration %04d_%s is new, but %04d has been applied already",
                             m->number, m->name, (int)newest);
    return code;
}

static enum pal_code apply(struct pal_db *db, const struct pal_migration *m,
                           struct pal_arena *arena, struct pal_error *err)
{
    struct pal_params p;
    char hash[HASH_TEXT];
    struct pal_error cause = {0};
    enum pal_code code = check_order(db, m, err);
    if (code != PAL_OK)
        return code;
    code = pal_db_script(db, m->sql, &cause);
    if (code != PAL_OK)
        return pal_error_set(err, cause.def, "migration %04d_%s: %.150s", m->number, m->name,
                             cause.detail);
    hash_of(m->sql, hash);
    pal_params_init(&p, arena);
    pal_p_int(&p, m->number);
    pal_p_str(&p, pal_str_of(m->name));
    pal_p_str(&p, pal_str_of(hash));
    return pal_db_exec(db, &sql_migration_put, &p, NULL, err);
}

static enum pal_code migrate_one(struct pal_db *db, const char *schema,
                                 const struct pal_migration *m, struct pal_arena *arena,
                                 struct pal_error *err)
{
    bool applied = false;
    enum pal_code code = pal_db_begin(db, PAL_TX_WRITE, err);
    if (code == PAL_OK)
        code = lock(db, schema, arena, err);
    if (code == PAL_OK)
        code = look_up(db, m, arena, &applied, err);
    if (code == PAL_OK && !applied)
        code = apply(db, m, arena, err);
    if (code == PAL_OK)
        return pal_db_commit(db, err);
    pal_db_rollback(db);
    return code;
}

/* The release that comes after this one has been here, or is: its migrations only add. */
static void tell_newer(struct pal_db *db, const struct pal_migration *last)
{
    char text[64] = "";
    int64_t newest = 0;
    if (one_text(db, &sql_migration_newest, NULL, text, NULL) == PAL_OK &&
        pal_parse_i64(pal_str_of(text), &newest) && newest > last->number)
        pal_log(PAL_WARN, "the schema is newer than this program", PAL_LI("schema", newest),
                PAL_LI("program", last->number));
}

static enum pal_code migrate_all(struct pal_db *db, const char *schema,
                                 const struct pal_migration *m, size_t n, struct pal_error *err)
{
    struct pal_arena arena;
    pal_arena_init(&arena, 64 << 10);
    enum pal_code code = check_schema(db, schema, err);
    for (size_t i = 0; i < n && code == PAL_OK; i++) {
        code = migrate_one(db, schema, &m[i], &arena, err);
        pal_arena_reset(&arena);
    }
    pal_arena_fini(&arena);
    if (code == PAL_OK && n > 0)
        tell_newer(db, &m[n - 1]);
    return code;
}

enum pal_code pal_db_migrate(struct pal_db *db, const char *schema, const struct pal_migration *m,
                             size_t n, struct pal_error *err)
{
    enum pal_code code = pal_db_ready(db, err);
    if (code != PAL_OK)
        return code;
    /* Another replica may be in a long migration, and this one may have one to do. */
    db->wait_ms = -1;
    code = pal_db_command(db,
                          "select set_config('statement_timeout', '0', false), "
                          "set_config('lock_timeout', '0', false)",
                          NULL, err);
    if (code == PAL_OK)
        code = migrate_all(db, schema, m, n, err);
    db->wait_ms = PAL_DB_WAIT_MS;
    pal_db_disconnect(db); /* and its settings and statements */
    return code;
}

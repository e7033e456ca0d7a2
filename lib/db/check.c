/* Every PAL_STATEMENT of the program, found through its ELF section, is prepared by the server: the
 * cheapest test that SQL and schema belong together. */
#include "db/connection.h"

#include "base/buf.h"
#include "gen/catalogue.h"

/* Made by the linker for a section whose name is a C identifier; weak: a program may have no
 * statements. */
extern const struct pal_statement *const __start_pal_statements[]
    __attribute__((weak, visibility("hidden")));
extern const struct pal_statement *const __stop_pal_statements[]
    __attribute__((weak, visibility("hidden")));

static enum pal_code check_one(struct pal_db *db, const struct pal_statement *st,
                               struct pal_error *err)
{
    enum pal_code code = pal_db_ready(db, err);
    if (code != PAL_OK)
        return code;
    if (!PQsendPrepare(db->pg, "", st->sql, 0, NULL) || !PQpipelineSync(db->pg)) {
        pal_db_disconnect(db);
        return pal_db_failed(db, NULL, err);
    }
    PGresult *r = pal_db_take(db);
    code = pal_db_result_ok(r) ? PAL_OK : pal_db_failed(db, r, err);
    PQclear(r);
    if (!db->pg)
        return code;
    enum pal_code settled = pal_db_settle(db, code == PAL_OK ? err : NULL);
    return code == PAL_OK ? settled : code;
}

enum pal_code pal_db_check_statements(struct pal_db *db, struct pal_buf *problems)
{
    enum pal_code worst = PAL_OK;
    const struct pal_statement *const *end = __stop_pal_statements;
    for (const struct pal_statement *const *s = __start_pal_statements; s != end; s++) {
        struct pal_error err = {0};
        enum pal_code code = check_one(db, *s, &err);
        if (code == PAL_OK)
            continue;
        pal_buf_printf(problems, "%s: %s\n", (*s)->name, err.detail);
        if (code == PAL_UNAVAILABLE)
            return code;
        worst = PAL_INVALID;
    }
    return worst;
}

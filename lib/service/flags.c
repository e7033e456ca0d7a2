/* The command line: flags that answer a question and end, and nothing else. Settings come from the
 * environment.
 * allow print: the answer to a flag is text for whoever typed it */
#include "service/process.h"

#include <stdio.h>
#include <string.h>

static int show_help(struct pal_service *s, const char *argument);

static int show_version(struct pal_service *s, const char *argument)
{
    (void)argument;
    printf("%s %s\n", s->program, PAL_VERSION);
    return 0;
}

static int print_buf(struct pal_buf *b)
{
    fwrite(b->p, 1, b->n, stdout);
    int code = b->failed || fflush(stdout) != 0;
    pal_buf_fini(b);
    return code;
}

static int check_config(struct pal_service *s, const char *argument)
{
    (void)argument;
    if (!pal_settings_load(s))
        return 1;
    struct pal_buf text;
    pal_buf_init(&text, 64 << 10);
    pal_config_show(s->items, s->n_items, s->settings, &text);
    return print_buf(&text);
}

static int config_table(struct pal_service *s, const char *argument)
{
    (void)argument;
    struct pal_buf text;
    pal_buf_init(&text, 64 << 10);
    pal_config_table(s->items, s->n_items, &text);
    return print_buf(&text);
}

static int health(struct pal_service *s, const char *argument)
{
    (void)argument;
    if (!pal_settings_load(s))
        return 1;
    return pal_health_probe(pal_common(s)->ops) ? 0 : 1;
}

static int complain(const struct pal_service *s, const struct pal_error *err)
{
    fprintf(stderr, "%s: %s\n", s->program, err->detail);
    return 1;
}

/* Runs one of the flags that need the database. */
static int with_database(struct pal_service *s, const struct pal_service_flag *flag,
                         const char *argument)
{
    struct pal_error err = {0};
    struct pal_db *db = NULL;
    if (!pal_settings_load(s))
        return 1;
    enum pal_code code = pal_service_db(s, flag->flag, &db, &err);
    if (code == PAL_OK)
        code = flag->fn(s, db, argument, &err);
    pal_db_free(db);
    return code == PAL_OK ? 0 : complain(s, &err);
}

static enum pal_code migrate(struct pal_service *s, struct pal_db *db, const char *argument,
                             struct pal_error *err)
{
    (void)argument;
    return pal_db_migrate(db, s->spec->schema, s->spec->migrations, s->spec->n_migrations, err);
}

static enum pal_code check_sql(struct pal_service *s, struct pal_db *db, const char *argument,
                               struct pal_error *err)
{
    (void)s;
    (void)argument;
    struct pal_buf problems;
    pal_buf_init(&problems, 256 << 10);
    enum pal_code code = pal_db_check_statements(db, &problems);
    if (problems.n > 0)
        fprintf(stderr, "%.*s", (int)problems.n, problems.p);
    pal_buf_fini(&problems);
    if (code != PAL_OK)
        pal_error_set(err, &pal_err_service_internal, "the statements above do not fit the schema");
    return code;
}

static const struct pal_service_flag database_flags[] = {
    {"--migrate", "bring the schema up to date and end", migrate},
    {"--check-sql", "let the database prepare every statement and end", check_sql},
};

static const struct {
    const char *flag, *help;
    int (*fn)(struct pal_service *s, const char *argument);
} plain_flags[] = {
    {"--help", "this text", show_help},
    {"--version", "the version", show_version},
    {"--check-config", "read the configuration, show it with secrets masked, and end",
     check_config},
    {"--config-table", "the configuration as a table in Markdown", config_table},
    {"--health", "ask the operations port of the running service; 0 when it is ready", health},
};

enum {
    N_PLAIN = sizeof plain_flags / sizeof *plain_flags,
    N_DATABASE = sizeof database_flags / sizeof *database_flags
};

static int show_help(struct pal_service *s, const char *argument)
{
    (void)argument;
    printf(
        "%s: the %s service of Palique. It is configured by its environment (--config-table).\n\n",
        s->program, s->spec->name);
    for (size_t i = 0; i < N_PLAIN; i++)
        printf("  %-16s %s\n", plain_flags[i].flag, plain_flags[i].help);
    for (size_t i = 0; i < N_DATABASE; i++)
        printf("  %-16s %s\n", database_flags[i].flag, database_flags[i].help);
    for (size_t i = 0; i < s->spec->n_flags; i++)
        printf("  %-16s %s\n", s->spec->flags[i].flag, s->spec->flags[i].help);
    return 0;
}

static const struct pal_service_flag *find(const struct pal_service_flag *flags, size_t n,
                                           const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(flags[i].flag, name) == 0)
            return &flags[i];
    return NULL;
}

bool pal_flags_handle(struct pal_service *s, int argc, char **argv, int *exit_code)
{
    if (argc < 2)
        return false;
    const char *argument = argc > 2 ? argv[2] : NULL;
    for (size_t i = 0; i < N_PLAIN; i++) {
        if (strcmp(plain_flags[i].flag, argv[1]) != 0)
            continue;
        *exit_code = plain_flags[i].fn(s, argument);
        return true;
    }
    const struct pal_service_flag *flag = find(database_flags, N_DATABASE, argv[1]);
    if (!flag)
        flag = find(s->spec->flags, s->spec->n_flags, argv[1]);
    if (flag) {
        *exit_code = with_database(s, flag, argument);
        return true;
    }
    fprintf(stderr, "%s: unknown flag %s; see --help\n", s->program, argv[1]);
    *exit_code = 2;
    return true;
}

/* Flags that answer a question and end. Settings come from the environment. */
#include "flags.h"

#include "service/ops.h"

#include <stdio.h>
#include <string.h>

#ifndef PAL_VERSION
#define PAL_VERSION "0.1.0"
#endif

static int show_help(void);

bool flags_load(struct gateway_config *config)
{
    struct pal_buf problems;
    pal_buf_init(&problems, 64 << 10);
    enum pal_code code =
        pal_config_load(gateway_config_items, gateway_config_count, config, &problems);
    if (problems.n > 0)
        (void)fwrite(problems.p, 1, problems.n, stderr);
    pal_buf_fini(&problems);
    return code == PAL_OK;
}

static int print_buf(struct pal_buf *b)
{
    (void)fwrite(b->p, 1, b->n, stdout);
    int code = b->failed || fflush(stdout) != 0;
    pal_buf_fini(b);
    return code;
}

static int show_version(void)
{
    struct pal_buf text;
    pal_buf_init(&text, 256);
    pal_buf_printf(&text, "palique-gateway %s\n", PAL_VERSION);
    return print_buf(&text);
}

static int check_config(void)
{
    struct gateway_config config = {0};
    struct pal_buf text;
    if (!flags_load(&config))
        return 1;
    pal_buf_init(&text, 64 << 10);
    pal_config_show(gateway_config_items, gateway_config_count, &config, &text);
    pal_config_free(gateway_config_items, gateway_config_count, &config);
    return print_buf(&text);
}

static int config_table(void)
{
    struct pal_buf text;
    pal_buf_init(&text, 64 << 10);
    pal_config_table(gateway_config_items, gateway_config_count, &text);
    return print_buf(&text);
}

static int health(void)
{
    struct gateway_config config = {0};
    if (!flags_load(&config))
        return 1;
    bool ready = pal_health_probe(config.ops);
    pal_config_free(gateway_config_items, gateway_config_count, &config);
    return ready ? 0 : 1;
}

static const struct {
    const char *flag, *help;
    int (*fn)(void);
} flags[] = {
    {"--help", "this text", show_help},
    {"--version", "the version", show_version},
    {"--check-config", "read the configuration, show it with secrets masked, and end",
     check_config},
    {"--config-table", "the configuration as a table in Markdown", config_table},
    {"--health", "ask the operations port of the running gateway; 0 when it is ready", health},
};

enum { N_FLAGS = sizeof flags / sizeof flags[0] };

static int show_help(void)
{
    struct pal_buf text;
    pal_buf_init(&text, 4096);
    pal_buf_z(&text, "palique-gateway: WebSockets, REST and the web client's files\n\n");
    for (size_t i = 0; i < N_FLAGS; i++)
        pal_buf_printf(&text, "  %-16s %s\n", flags[i].flag, flags[i].help);
    pal_buf_z(&text, "\nSettings come from the environment; --config-table lists them.\n");
    return print_buf(&text);
}

static int complain(const char *flag)
{
    struct pal_buf text;
    pal_buf_init(&text, 1024);
    pal_buf_printf(&text, "palique-gateway: what is %.200s? Try --help\n", flag);
    (void)fwrite(text.p, 1, text.n, stderr);
    pal_buf_fini(&text);
    return 2;
}

bool flags_handle(int argc, char **argv, int *exit_code)
{
    if (argc < 2)
        return false;
    for (size_t i = 0; i < N_FLAGS && argc == 2; i++) {
        if (strcmp(argv[1], flags[i].flag) == 0) {
            *exit_code = flags[i].fn();
            return true;
        }
    }
    *exit_code = complain(argv[1]);
    return true;
}

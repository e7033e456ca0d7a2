/* The entry of a service: block signals, flags, configuration, run; then everything back. */
#include "service/process.h"

#include "base/log.h"
#include "token/token.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before the first thread, so that none of them gets a signal: they are read from a signalfd. */
static void block_signals(void)
{
    sigset_t set;
    sigfillset(&set);
    const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&set, faults[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static bool add_route(struct pal_service *s, size_t i)
{
    static const char *const outcomes[PAL_OUTCOMES] = {"done", "refused", "retryable", "broken"};
    struct pal_route_state *state = &s->route_states[i];
    char labels[96];
    state->route = &s->spec->routes[i];
    for (size_t k = 0; k < PAL_OUTCOMES; k++) {
        snprintf(labels, sizeof labels, "command=\"%s\",outcome=\"%s\"", state->route->cmd->name,
                 outcomes[k]);
        state->counts[k] =
            pal_counter("palique_calls_total", labels, "Commands answered, by outcome");
    }
    return pal_map_put(&s->routes, state->route->cmd->id, state);
}

/* Every command that the service owns must have a handler, and its lane must be there. */
static bool check_routes(const struct pal_service *s)
{
    bool ok = true;
    for (size_t i = 0; i < pal_commands_count; i++) {
        const struct pal_command *cmd = pal_commands[i];
        if (cmd->owner != s->spec->owner)
            continue;
        if (!pal_map_get(&s->routes, cmd->id)) {
            fprintf(stderr, "%s: command %s has no route\n", s->program, cmd->name);
            ok = false;
        } else if (cmd->lane == PAL_LANE_WRITER && !s->spec->writer) {
            fprintf(stderr, "%s: command %s needs a writer\n", s->program, cmd->name);
            ok = false;
        }
    }
    return ok;
}

static bool prepare(struct pal_service *s, const struct pal_service_spec *spec)
{
    s->spec = spec;
    s->end_fd = -1;
    snprintf(s->program, sizeof s->program, "palique-%s", spec->name);
    pal_map_init(&s->routes);
    s->route_states = calloc(spec->n_routes + 1, sizeof *s->route_states);
    if (!s->route_states || !pal_settings_prepare(s))
        return false;
    for (size_t i = 0; i < spec->n_routes; i++)
        if (!add_route(s, i))
            return false;
    return check_routes(s);
}

static void release(struct pal_service *s)
{
    pal_settings_free(s);
    pal_map_fini(&s->routes);
    free(s->route_states);
    free(s);
}

int pal_service_main(int argc, char **argv, const struct pal_service_spec *spec)
{
    block_signals();
    mallopt(M_ARENA_MAX, 2);
    int exit_code = 1;
    struct pal_service *s = calloc(1, sizeof *s);
    if (!s)
        return 1;
    if (prepare(s, spec) && !pal_flags_handle(s, argc, argv, &exit_code) && pal_settings_load(s))
        exit_code = pal_service_run(s);
    release(s);
    return exit_code;
}

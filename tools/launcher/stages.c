/* Stages up, stages down, back-off in between. One thread; nothing here blocks. */
#include "stages.h"

#include "base/clock.h"
#include "base/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PROBE_EVERY_MS = 50,
    START_DEADLINE_MS = 60000,
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MAX_MS = 10000,
    BACKOFF_FORGET_MS = 30000,
    EARLY_DEATHS_MAX = 5, /* of a process that was never ready: the start has failed */
    TRIM_EVERY_MS = 60000
};

static void tell(struct launcher *l, const char *word, const char *name)
{
    char line[256];
    int n = snprintf(line, sizeof line, "%s%s%s\n", word, name ? ": " : "", name ? name : "");
    if (l->ready_fd >= 0 && n > 0 && write(l->ready_fd, line, (size_t)n) == n) {
        close(l->ready_fd);
        l->ready_fd = -1;
    }
}

/* One line a process: name, state, pid, restarts, start time. Replaced as a whole, for `./run
 * status`. */
static void write_status(const struct launcher *l)
{
    char name[4096];
    snprintf(name, sizeof name, "%s.new", l->status_file);
    FILE *f = fopen(name, "we");
    if (!f)
        return;
    for (size_t i = 0; i < l->plan.n; i++) {
        const struct process *p = &l->processes[i];
        if (!p->entry->once)
            fprintf(f, "%s %s %d %u %lld\n", p->entry->name, process_state_name(p->state),
                    (int)p->pid, p->restarts,
                    (long long)((pal_now_ms() - (pal_mono_ms() - p->started_ms)) / 1000));
    }
    if (fclose(f) == 0 && rename(name, l->status_file) != 0)
        unlink(name);
}

static void set_state(struct launcher *l, struct process *p, enum process_state s)
{
    p->state = s;
    write_status(l);
}

static void fail(struct launcher *l, const struct process *p)
{
    pal_log(PAL_ERROR, "start failed", PAL_LS("process", p->entry->name),
            PAL_LS("log", p->entry->log));
    char what[200];
    snprintf(what, sizeof what, "%s does not start, see %s", p->entry->name, p->entry->log);
    tell(l, "failed", what);
    l->failed = true;
    launcher_end(l);
}

static void start(struct launcher *l, struct process *p)
{
    if (process_start(p)) {
        write_status(l);
        return;
    }
    p->backoff_ms = BACKOFF_MAX_MS;
    p->next_ms = pal_mono_ms() + p->backoff_ms;
    pal_log(PAL_ERROR, "cannot start", PAL_LS("process", p->entry->name));
    if (!p->was_ready)
        fail(l, p);
}

static void ready(struct launcher *l, struct process *p)
{
    p->was_ready = true;
    set_state(l, p, PROCESS_READY);
}

static bool stage_ready(const struct launcher *l)
{
    for (size_t i = 0; i < l->plan.n; i++) {
        const struct process *p = &l->processes[i];
        if (p->entry->stage == l->stage && !p->was_ready)
            return false;
    }
    return true;
}

static void step_up(struct launcher *l, struct process *p, int64_t now)
{
    if (p->entry->stage > l->stage || now < p->next_ms)
        return;
    if (p->state == PROCESS_WAITING) {
        start(l, p);
    } else if (p->state == PROCESS_STARTING && !p->entry->once) {
        if (p->entry->probe.n == 0)
            ready(l, p);
        else if (!p->was_ready && now - p->started_ms > START_DEADLINE_MS)
            fail(l, p);
        else if (!process_probe(p))
            p->next_ms = now + 10 * PROBE_EVERY_MS;
    }
}

static void kill_when_due(struct process *p, int64_t now)
{
    if (p->state == PROCESS_STOPPING && p->pid && now > p->kill_ms) {
        pal_log(PAL_WARN, "killed after its time to stop", PAL_LS("process", p->entry->name));
        kill(-p->pid, SIGKILL); /* its group */
        p->kill_ms = now + 1000;
    }
}

/* Ends the highest stage that still runs; the loop stops when nothing does. */
static void step_down(struct launcher *l, int64_t now)
{
    int highest = -1;
    for (size_t i = 0; i < l->plan.n; i++) {
        if (l->processes[i].pid && l->processes[i].entry->stage > highest)
            highest = l->processes[i].entry->stage;
    }
    if (highest < 0) {
        pal_loop_stop(l->loop);
        return;
    }
    for (size_t i = 0; i < l->plan.n; i++) {
        struct process *p = &l->processes[i];
        if (p->entry->stage == highest)
            process_stop(p);
        kill_when_due(p, now);
    }
}

static void stages_up(struct launcher *l)
{
    while (!l->ending && l->stage <= l->plan.stages && stage_ready(l)) {
        if (++l->stage > l->plan.stages) {
            pal_log(PAL_INFO, "ready");
            tell(l, "ready", NULL);
        }
    }
}

static void trim_logs(struct launcher *l, int64_t now)
{
    if (now < l->trim_ms)
        return;
    l->trim_ms = now + TRIM_EVERY_MS;
    for (size_t i = 0; i < l->plan.n; i++)
        process_trim_log(&l->processes[i]);
}

bool launcher_settled(const struct launcher *l)
{
    bool settled = !l->ending && l->stage > l->plan.stages;
    for (size_t i = 0; i < l->plan.n; i++)
        settled = settled && l->processes[i].state == PROCESS_READY;
    return settled;
}

void launcher_step(struct launcher *l)
{
    int64_t now = pal_mono_ms();
    if (l->ending) {
        step_down(l, now);
        return;
    }
    for (size_t i = 0; i < l->plan.n && !l->ending; i++)
        step_up(l, &l->processes[i], now);
    stages_up(l);
    trim_logs(l, now);
}

static void probed(struct launcher *l, struct process *p, int status)
{
    p->probe = 0;
    if (p->state != PROCESS_STARTING)
        return;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        ready(l, p);
    else
        p->next_ms = pal_mono_ms() + PROBE_EVERY_MS;
}

static void back_off(struct launcher *l, struct process *p)
{
    int64_t now = pal_mono_ms();
    if (p->backoff_ms == 0 || now - p->started_ms > BACKOFF_FORGET_MS)
        p->backoff_ms = BACKOFF_FIRST_MS;
    else if (p->backoff_ms < BACKOFF_MAX_MS)
        p->backoff_ms *= 2;
    p->next_ms = now + p->backoff_ms;
    p->restarts++;
    set_state(l, p, PROCESS_WAITING);
    if (!p->was_ready && p->restarts > EARLY_DEATHS_MAX)
        fail(l, p);
}

static void ended(struct launcher *l, struct process *p, int status)
{
    bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    p->pid = 0;
    if (l->ending) {
        set_state(l, p, PROCESS_ENDED);
        return;
    }
    if (p->entry->once && well) {
        ready(l, p);
        return;
    }
    pal_log(PAL_WARN, "process ended", PAL_LS("process", p->entry->name),
            PAL_LI("exit", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
            PAL_LI("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0));
    back_off(l, p);
}

void launcher_reaped(struct launcher *l, pid_t pid, int status)
{
    for (size_t i = 0; i < l->plan.n; i++) {
        struct process *p = &l->processes[i];
        if (p->pid == pid)
            ended(l, p, status);
        else if (p->probe == pid)
            probed(l, p, status);
    }
}

void launcher_end(struct launcher *l)
{
    if (l->ending)
        return;
    l->ending = true;
    if (!l->failed)
        tell(l, "failed", "stopped while it was starting");
}

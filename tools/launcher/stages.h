/* The launcher's decisions: which stage runs, who is started again and when, how all of it ends. */
#ifndef LAUNCHER_STAGES_H
#define LAUNCHER_STAGES_H

#include "process.h"

struct launcher {
    struct pal_loop *loop;
    struct plan plan;
    struct process processes[PLAN_ENTRIES_MAX];
    struct pal_watch signals;
    struct pal_timer tick;
    int stage; /* that is being started; plan.stages + 1: all are ready */
    bool ending;
    bool failed;
    int64_t trim_ms;
    const char *status_file;
    int ready_fd; /* told "ready" or "failed: …" once; -1: nobody asks */
};

/* All are ready and nothing is due soon. */
bool launcher_settled(const struct launcher *l);
/* Every 20 ms (once a second when settled) and after each SIGCHLD: moves everything on. */
void launcher_step(struct launcher *l);
/* A child has ended. */
void launcher_reaped(struct launcher *l, pid_t pid, int status);
/* Begins the end, in reverse order of the stages. */
void launcher_end(struct launcher *l);

#endif

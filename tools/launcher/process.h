/* One child of the launcher: start, probe, end. The launcher's only thread. */
#ifndef LAUNCHER_PROCESS_H
#define LAUNCHER_PROCESS_H

#include "plan.h"

enum process_state {
    PROCESS_WAITING,  /* its stage has not begun, or it has ended and waits for its back-off */
    PROCESS_STARTING, /* runs; its probe has not said yes yet */
    PROCESS_READY,    /* runs and is ready; or, for `once`, has ended well */
    PROCESS_STOPPING, /* was told to end */
    PROCESS_ENDED
};

struct process {
    const struct entry *entry;
    enum process_state state;
    pid_t pid;          /* 0: does not run */
    pid_t probe;        /* 0: no probe runs */
    int64_t started_ms; /* monotonic */
    int64_t next_ms;    /* when the next start or probe is due */
    int64_t kill_ms;    /* STOPPING: when SIGKILL is due */
    int64_t backoff_ms;
    unsigned restarts;
    bool was_ready; /* once, in the life of the launcher */
};

const char *process_state_name(enum process_state s);

/* Forks and executes. Output is appended to the entry's log. The child gets its stop signal when
 * the launcher dies. */
bool process_start(struct process *p);
/* Starts the probe (nothing when one is running). */
bool process_probe(struct process *p);
/* Sends the stop signal and sets the time for SIGKILL. */
void process_stop(struct process *p);
/* Keeps the log under 32 MiB: what is older moves to LOG.1. */
void process_trim_log(const struct process *p);

#endif

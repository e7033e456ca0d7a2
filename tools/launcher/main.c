/* palique-launcher: starts the suite in stages, keeps it running, ends it in order. ./run makes its
 * plan. palique-launcher PLAN STATUS_FILE LOCK_FILE [READY_FD] Exits with 0 after an ordered end, 1
 * when the start failed, 2 for wrong use, 3 when another one holds the lock. */
#include "stages.h"

#include "base/log.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP_MS = 20, IDLE_MS = 1000 };

static void on_tick(struct pal_timer *t)
{
    struct launcher *l = PAL_CONTAINER(t, struct launcher, tick);
    launcher_step(l);
    pal_timer_arm(l->loop, t, launcher_settled(l) ? IDLE_MS : STEP_MS);
}

/* Each child leads a group of its own. What a dead one has left in it (nginx's workers outlive a
 * master that was killed, and keep its port) is ended first, while the number of the group cannot
 * become anyone else's. */
static void reap(struct launcher *l)
{
    siginfo_t who = {0};
    while (waitid(P_ALL, 0, &who, WEXITED | WNOHANG | WNOWAIT) == 0 && who.si_pid > 0) {
        int status = 0;
        kill(-who.si_pid, SIGKILL);
        if (waitpid(who.si_pid, &status, 0) == who.si_pid)
            launcher_reaped(l, who.si_pid, status);
        who.si_pid = 0;
    }
}

static void on_signal(struct pal_watch *w, uint32_t ready)
{
    (void)ready;
    struct launcher *l = PAL_CONTAINER(w, struct launcher, signals);
    struct signalfd_siginfo info;
    while (read(w->fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGCHLD)
            launcher_end(l);
    }
    reap(l);
    launcher_step(l);
    pal_timer_arm(l->loop, &l->tick, STEP_MS);
}

static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* The lock is held by this process alone: children close it at exec. Its content is our pid. */
static int take_lock(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)
        return -1;
    char pid[16];
    int n = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || write(fd, pid, (size_t)n) != n)
        return -1;
    return fd;
}

static bool launcher_run(struct launcher *l, int signals)
{
    l->loop = pal_loop_new();
    l->signals = (struct pal_watch){.fd = signals, .events = EPOLLIN, .fn = on_signal};
    if (!l->loop || signals < 0 || pal_loop_watch(l->loop, &l->signals) != PAL_OK)
        return false;
    for (size_t i = 0; i < l->plan.n; i++)
        l->processes[i].entry = &l->plan.entries[i];
    l->tick.fn = on_tick;
    pal_timer_arm(l->loop, &l->tick, 0);
    pal_loop_run(l->loop);
    pal_timer_stop(l->loop, &l->tick);
    pal_loop_unwatch(l->loop, &l->signals);
    close(l->signals.fd);
    pal_loop_free(l->loop);
    return !l->failed;
}

int main(int argc, char **argv)
{
    pal_log_init("launcher", PAL_INFO);
    if (argc < 4 || argc > 5) {
        fprintf(stderr, "usage: palique-launcher PLAN STATUS_FILE LOCK_FILE [READY_FD]\n");
        return 2;
    }
    struct launcher l = {.ready_fd = -1, .status_file = argv[2]};
    int64_t fd = -1;
    if (argc == 5 &&
        (!pal_parse_i64(pal_str_of(argv[4]), &fd) || fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)) {
        fprintf(stderr, "palique-launcher: READY_FD is not an open descriptor\n");
        return 2;
    }
    l.ready_fd = (int)fd;
    char why[160];
    if (plan_load(argv[1], &l.plan, why) != PAL_OK) {
        fprintf(stderr, "palique-launcher: %s: %s\n", argv[1], why);
        return 2;
    }
    umask(0027);
    int signals = signals_open(); /* before the lock: who sees it may end us */
    int lock = take_lock(argv[3]);
    if (lock < 0) {
        fprintf(stderr, "palique-launcher: %s is held by another launcher\n", argv[3]);
        plan_free(&l.plan);
        return 3;
    }
    bool well = launcher_run(&l, signals);
    unlink(l.status_file);
    plan_free(&l.plan);
    close(lock);
    return well ? 0 : 1;
}

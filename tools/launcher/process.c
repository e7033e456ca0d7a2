/* Starting and ending children. Between fork and exec only async-signal-safe calls are made. */
#include "process.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOG_MAX = 32 << 20 };

const char *process_state_name(enum process_state s)
{
    static const char *const names[] = {"waiting", "starting", "ready", "stopping", "ended"};
    return names[s];
}

/* All that the child needs, prepared before the fork. */
struct spawn {
    char *const *argv;
    char **envp;
    const struct passwd *user; /* NULL: stay who we are */
    int log;
    int death_signal;
};

static char **environment_with(const struct words *extra)
{
    size_t n = 0;
    while (environ[n])
        n++;
    char **out = calloc(n + extra->n + 1, sizeof *out);
    if (!out)
        return NULL;
    memcpy(out, extra->v, extra->n * sizeof *out);
    memcpy(out + extra->n, environ, n * sizeof *out);
    return out;
}

static _Noreturn void child(const struct spawn *s, pid_t launcher)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid(); /* a Ctrl-C at the terminal is the launcher's to handle, in order */
    if (s->user &&
        (setgroups(1, &s->user->pw_gid) || setgid(s->user->pw_gid) || setuid(s->user->pw_uid)))
        _exit(126);
    /* After setuid, which clears it. A launcher that died before this line is noticed by the
     * parent's pid. */
    if (prctl(PR_SET_PDEATHSIG, s->death_signal) || getppid() != launcher)
        _exit(126);
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0 || dup2(s->log, 1) < 0 || dup2(s->log, 2) < 0 || chdir("/"))
        _exit(126);
    execve(s->argv[0], s->argv, s->envp);
    _exit(127);
}

static pid_t spawn(const struct entry *e, const struct words *command)
{
    struct spawn s = {.argv = command->v, .death_signal = e->stop_signal};
    if (e->user && geteuid() == 0) {
        s.user = getpwnam(e->user);
        if (!s.user)
            return -1;
    }
    s.log = open(e->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    s.envp = environment_with(&e->env);
    pid_t launcher = getpid();
    pid_t pid = s.log >= 0 && s.envp ? fork() : -1;
    if (pid == 0)
        child(&s, launcher);
    free(s.envp);
    if (s.log >= 0)
        close(s.log);
    return pid;
}

bool process_start(struct process *p)
{
    pid_t pid = spawn(p->entry, &p->entry->command);
    if (pid < 0)
        return false;
    p->pid = pid;
    p->started_ms = pal_mono_ms();
    p->state = PROCESS_STARTING;
    p->next_ms = p->started_ms;
    return true;
}

bool process_probe(struct process *p)
{
    if (p->probe)
        return true;
    pid_t pid = spawn(p->entry, &p->entry->probe);
    if (pid < 0)
        return false;
    p->probe = pid;
    return true;
}

void process_stop(struct process *p)
{
    if (p->pid == 0 || p->state == PROCESS_STOPPING)
        return;
    kill(p->pid, p->entry->stop_signal);
    p->state = PROCESS_STOPPING;
    p->kill_ms = pal_mono_ms() + p->entry->stop_timeout_s * INT64_C(1000);
}

void process_trim_log(const struct process *p)
{
    int from = open(p->entry->log, O_RDWR | O_CLOEXEC);
    struct stat st;
    if (from < 0)
        return;
    if (fstat(from, &st) == 0 && st.st_size > LOG_MAX) {
        char older[4096];
        snprintf(older, sizeof older, "%s.1", p->entry->log);
        int to = open(older, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
        if (to >= 0) {
            ssize_t copied = sendfile(to, from, NULL, (size_t)st.st_size);
            close(to);
            /* The child appends (O_APPEND), so that it goes on at the new end. */
            if (copied == st.st_size && ftruncate(from, 0) == 0)
                (void)fsync(from);
        }
    }
    close(from);
}

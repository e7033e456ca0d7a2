/* What a decoder that has been taken over could try: each attempt runs in a process of its own that
 * has entered the sandbox. A plain program, because it forks and takes descriptors away. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each answers true when it got what it wanted. */
static bool opens_a_file(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool opens_another_way(void)
{
    return syscall(SYS_open, "/etc/passwd", O_RDONLY) >= 0 ||
           syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0) >= 0;
}

static bool makes_a_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool starts_a_program(void)
{
    char name[] = "true";
    char *const argv[] = {name, NULL};
    return execv("/bin/true", argv) == 0;
}

static bool makes_a_process(void)
{
    return fork() >= 0 || syscall(SYS_vfork) >= 0;
}

static bool looks_into_another(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 || kill(getppid(), 0) == 0;
}

static bool makes_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 ||
           mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) != MAP_FAILED;
}

static bool removes_a_file(void)
{
    return unlink("/nonexistent") == 0 || errno != EPERM;
}

static bool uses_what_was_open(void)
{
    return fcntl(9, F_GETFL) >= 0;
}

static bool raises_a_limit(void)
{
    const struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_CPU, &r) == 0;
}

static void *nothing(void *arg)
{
    return arg;
}

/* What it needs: a thread, memory, its input. */
static bool works(void)
{
    pthread_t thread;
    char byte;
    void *memory = malloc(10 << 20);
    bool fine = memory && pthread_create(&thread, NULL, nothing, NULL) == 0 &&
                pthread_join(thread, NULL) == 0 && read(STDIN_FILENO, &byte, 1) >= 0;
    free(memory);
    return fine;
}

struct attempt {
    const char *name;
    bool (*try)(void);
    bool allowed;
};

static bool holds(const struct attempt *a)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        dup2(STDIN_FILENO, 9);
        if (!sandbox_limits() || !sandbox_enter())
            _exit(2);
        _exit(a->try() ? 0 : 1);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        printf("%s: ended by signal %d\n", a->name, WTERMSIG(status));
        return false;
    }
    if (WEXITSTATUS(status) == (a->allowed ? 0 : 1))
        return true;
    printf("%s: %s\n", a->name, WEXITSTATUS(status) == 2 ? "no sandbox" : "not as it should be");
    return false;
}

int main(void)
{
    static const struct attempt attempts[] = {
        {"opens a file", opens_a_file, false},
        {"opens a file by other calls", opens_another_way, false},
        {"makes a socket", makes_a_socket, false},
        {"starts a program", starts_a_program, false},
        {"makes a process", makes_a_process, false},
        {"looks into its parent", looks_into_another, false},
        {"makes memory executable", makes_code, false},
        {"removes a file", removes_a_file, false},
        {"uses a descriptor that was open before", uses_what_was_open, false},
        {"raises a limit", raises_a_limit, false},
        {"has threads, memory and its input", works, true},
    };
    bool all = freopen("/dev/null", "r", stdin) != NULL;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        all = holds(&attempts[i]) && all;
    return all ? 0 : 1;
}

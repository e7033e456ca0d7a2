/* Runs palique-media (tools/media): media.h. */
#include "previews/media.h"

#include "base/clock.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child sees its input, a pipe, and nothing else; the signals that this process blocks are not
 * blocked there. -1: not started. */
static pid_t start(const char *program, int in, int out)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t pid = -1;
    char name[] = "palique-media";
    char *const arguments[] = {name, NULL};
    char *const environment[] = {NULL};
    sigemptyset(&none);
    if (posix_spawn_file_actions_init(&files) != 0)
        return -1;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return -1;
    }
    if (posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO) != 0 ||
        posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO) != 0 ||
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawnattr_setsigmask(&attributes, &none) != 0 ||
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK) != 0 ||
        posix_spawn(&pid, program, &files, &attributes, arguments, environment) != 0)
        pid = -1;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return pid;
}

/* Reads to the end. False: it took too long, or there is too much of it. */
static bool read_all(int fd, char **bytes, size_t *n)
{
    enum { STEP = 1 << 20 };
    int64_t end = pal_mono_ms() + MEDIA_SECONDS * 1000;
    size_t room = 0;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = end - pal_mono_ms();
        if (left <= 0 || *n > MEDIA_BYTES_MAX || poll(&p, 1, (int)left) < 0)
            return false;
        if (room - *n < STEP / 4) {
            char *grown = realloc(*bytes, room + STEP);
            if (!grown)
                return false;
            *bytes = grown;
            room += STEP;
        }
        ssize_t got = p.revents ? read(fd, *bytes + *n, room - *n) : -1;
        if (got == 0)
            return true;
        if (got < 0 && p.revents && errno != EINTR)
            return false;
        *n += got > 0 ? (size_t)got : 0;
    }
}

static bool take_part(const json_t *said, struct pal_str *rest, struct media_part *out)
{
    struct pal_str type = pal_json_str(said, "type");
    int64_t n = pal_json_int(said, "bytes", -1);
    out->width = (int)pal_json_int(said, "width", 0);
    out->height = (int)pal_json_int(said, "height", 0);
    if (!type.p || type.n >= sizeof out->type || n < 0 || (size_t)n > rest->n || out->width < 1 ||
        out->height < 1)
        return false;
    memcpy(out->type, type.p, type.n);
    out->bytes = (struct pal_str){rest->p, (size_t)n};
    *rest = (struct pal_str){rest->p + n, rest->n - (size_t)n};
    return true;
}

static enum media_result understand(struct pal_str all, struct media *out)
{
    char why[80];
    const char *end = all.n > 0 ? memchr(all.p, '\n', all.n) : NULL;
    if (!end)
        return MEDIA_FAILED;
    json_t *said = pal_json_parse((struct pal_str){all.p, (size_t)(end - all.p)}, why);
    struct pal_str rest = {end + 1, all.n - (size_t)(end + 1 - all.p)};
    struct pal_str colour = pal_json_str(said, "colour");
    enum media_result result = json_object_get(said, "refused") ? MEDIA_REFUSED : MEDIA_FAILED;
    if (said && result == MEDIA_FAILED && colour.n == sizeof out->colour - 1 &&
        take_part(said, &rest, &out->picture) &&
        take_part(json_object_get(said, "thumbnail"), &rest, &out->thumbnail)) {
        memcpy(out->colour, colour.p, colour.n);
        out->frames = (int)pal_json_int(said, "frames", 1);
        result = MEDIA_MADE;
    }
    json_decref(said);
    return result;
}

/* A signal is a limit that the picture has run into. */
static enum media_result ended(pid_t pid, bool whole)
{
    int status = 0;
    if (!whole)
        (void)kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return MEDIA_FAILED;
    if (WIFSIGNALED(status))
        return MEDIA_REFUSED;
    return whole && WEXITSTATUS(status) == 0 ? MEDIA_MADE : MEDIA_FAILED;
}

/* The folder of this program with another name at its end. */
static bool beside(char *out, size_t size)
{
    static const char name[] = "palique-media";
    ssize_t n = readlink("/proc/self/exe", out, size - sizeof name);
    while (n > 0 && out[n - 1] != '/')
        n--;
    if (n <= 0)
        return false;
    memcpy(out + n, name, sizeof name);
    return true;
}

enum media_result media_make(const char *program, int fd, struct media *out)
{
    int ends[2];
    size_t n = 0;
    char path[1024];
    *out = (struct media){0};
    if (program[0] == '\0')
        program = beside(path, sizeof path) ? path : program;
    if (lseek(fd, 0, SEEK_SET) != 0 || pipe2(ends, O_CLOEXEC) != 0)
        return MEDIA_FAILED;
    pid_t pid = start(program, fd, ends[1]);
    close(ends[1]);
    bool whole = pid > 0 && read_all(ends[0], &out->memory, &n);
    close(ends[0]);
    enum media_result result = pid > 0 ? ended(pid, whole) : MEDIA_FAILED;
    if (result == MEDIA_MADE)
        result = understand((struct pal_str){out->memory, n}, out);
    if (result != MEDIA_MADE)
        media_free(out);
    return result;
}

void media_free(struct media *m)
{
    free(m->memory);
    *m = (struct media){0};
}

/* palique-media: makes a stored picture safe to show, in a process of its own that can do nothing
 * else (sandbox.h). The picture is standard input, a file that can be sought in; standard output
 * gets one line of JSON, {"width", "height", "frames", "type", "bytes", "colour", "thumbnail":
 * {"width", "height", "type", "bytes"}}, then the bytes of the picture and those of the thumbnail;
 * or {"refused": "type" | "large" | "damaged"}. Exits with 0 when it has said either, with 1 when
 * it could not work, and by a signal when a limit ended it: then the picture is to blame. */
#include "image.h"
#include "sandbox.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool write_all(const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n > 0) {
        ssize_t done = write(STDOUT_FILENO, at, n);
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

/* Takes said. */
static bool say(json_t *said)
{
    char *line = said ? json_dumps(said, JSON_COMPACT) : NULL;
    bool written = line && write_all(line, strlen(line)) && write_all("\n", 1);
    free(line);
    json_decref(said);
    return written;
}

static bool say_result(const struct image_result *r)
{
    const struct image_part *p = &r->picture, *t = &r->thumbnail;
    char colour[8];
    (void)snprintf(colour, sizeof colour, "#%02x%02x%02x", r->colour[0], r->colour[1],
                   r->colour[2]);
    return say(json_pack("{s:i,s:i,s:i,s:s,s:I,s:s,s:{s:i,s:i,s:s,s:I}}", "width", p->width,
                         "height", p->height, "frames", p->frames, "type", p->type, "bytes",
                         (json_int_t)p->n, "colour", colour, "thumbnail", "width", t->width,
                         "height", t->height, "type", t->type, "bytes", (json_int_t)t->n)) &&
           write_all(p->bytes, p->n) && write_all(t->bytes, t->n);
}

/* No loadable modules: libvips looks for them below VIPSHOME. No code made at run time: the sandbox
 * has no memory for it. No temporary files, and no talk. */
static bool settings(void)
{
    return setenv("VIPSHOME", "/nonexistent", 1) == 0 && setenv("VIPS_NOVECTOR", "1", 1) == 0 &&
           setenv("VIPS_DISC_THRESHOLD", "1000000000000", 1) == 0 &&
           setenv("VIPS_WARNING", "0", 1) == 0;
}

int main(int argc, char **argv)
{
    struct image_result result;
    const char *why = "damaged";
    (void)argc;
    if (!settings() || !image_start(argv[0]) || !sandbox_limits() || !sandbox_enter()) {
        (void)!write(STDERR_FILENO, "palique-media: no sandbox\n", 26);
        return 1;
    }
    bool said = image_make(STDIN_FILENO, &result, &why) ? say_result(&result)
                                                        : say(json_pack("{s:s}", "refused", why));
    /* Ending at once: the exit handlers of libraries want what the sandbox has taken away. */
    _exit(said ? 0 : 1);
}

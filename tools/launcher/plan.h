/* The plan: what ./run has decided to start, as a text file of one word and one value a line.
 *
 *   stage                        what follows starts together, when all of the stage before is
 * ready process NAME | once NAME     kept alive | run to its end, which must be success exec PATH,
 * arg TEXT…         what to run ready PATH, ready-arg TEXT…  a probe that exits with 0 when it is
 * ready; none: ready when it runs env NAME=VALUE…              added to the launcher's environment
 *   user NAME                    only as root: the user to become
 *   stop TERM|INT|QUIT           how to end it (default TERM); timeout SECONDS: then SIGKILL
 * (default 25) log PATH                     where its output goes */
#ifndef LAUNCHER_PLAN_H
#define LAUNCHER_PLAN_H

#include "base/code.h"
#include "base/list.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PLAN_WORDS_MAX = 64, PLAN_ENTRIES_MAX = 32, PLAN_FILE_MAX = 1 << 18 };

/* A list of words that ends with NULL, as execve wants it. The strings are owned. */
struct words {
    char *v[PLAN_WORDS_MAX + 1];
    size_t n;
};

struct entry {
    char *name;
    int stage;
    bool once;
    struct words command, probe, env;
    char *user; /* NULL: as the launcher */
    int stop_signal;
    int stop_timeout_s;
    char *log;
};

struct plan {
    struct entry entries[PLAN_ENTRIES_MAX];
    size_t n;
    int stages;
};

/* Reads a plan. why[160] says the line and what is wrong with it. */
enum pal_code plan_load(const char *path, struct plan *out, char why[160]) PAL_MUST_USE;
void plan_free(struct plan *p);

#endif

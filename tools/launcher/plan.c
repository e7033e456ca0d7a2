/* Reading the plan file. Bounded; every unknown word is an error. */
#include "plan.h"

#include "base/buf.h"
#include "base/str.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void words_free(struct words *w)
{
    for (size_t i = 0; i < w->n; i++)
        free(w->v[i]);
    w->n = 0;
}

static bool words_add(struct words *w, struct pal_str s)
{
    if (w->n == PLAN_WORDS_MAX)
        return false;
    w->v[w->n] = strndup(s.p, s.n);
    if (!w->v[w->n])
        return false;
    w->v[++w->n] = NULL;
    return true;
}

static bool set_text(char **where, struct pal_str s)
{
    free(*where);
    *where = strndup(s.p, s.n);
    return *where != NULL;
}

static bool entry_begin(struct plan *p, struct pal_str name, bool once)
{
    if (p->n == PLAN_ENTRIES_MAX || name.n == 0)
        return false;
    struct entry *e = &p->entries[p->n++];
    *e = (struct entry){
        .stage = p->stages, .once = once, .stop_signal = SIGTERM, .stop_timeout_s = 25};
    return set_text(&e->name, name);
}

static bool set_signal(struct entry *e, struct pal_str s)
{
    static const struct {
        struct pal_str name;
        int number;
    } known[] = {{{"TERM", 4}, SIGTERM}, {{"INT", 3}, SIGINT}, {{"QUIT", 4}, SIGQUIT}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (pal_str_eq(known[i].name, s)) {
            e->stop_signal = known[i].number;
            return true;
        }
    }
    return false;
}

static bool set_timeout(struct entry *e, struct pal_str s)
{
    int64_t v = 0;
    if (!pal_parse_i64(s, &v) || v < 1 || v > 600)
        return false;
    e->stop_timeout_s = (int)v;
    return true;
}

static bool entry_line(struct entry *e, struct pal_str word, struct pal_str value)
{
    if (pal_str_eq(word, PAL_STR("exec")) || pal_str_eq(word, PAL_STR("arg")))
        return words_add(&e->command, value);
    if (pal_str_eq(word, PAL_STR("ready")) || pal_str_eq(word, PAL_STR("ready-arg")))
        return words_add(&e->probe, value);
    if (pal_str_eq(word, PAL_STR("env")))
        return words_add(&e->env, value);
    if (pal_str_eq(word, PAL_STR("user")))
        return set_text(&e->user, value);
    if (pal_str_eq(word, PAL_STR("log")))
        return set_text(&e->log, value);
    if (pal_str_eq(word, PAL_STR("stop")))
        return set_signal(e, value);
    if (pal_str_eq(word, PAL_STR("timeout")))
        return set_timeout(e, value);
    return false;
}

static bool plan_line(struct plan *p, struct pal_str line)
{
    if (line.n == 0 || line.p[0] == '#')
        return true;
    struct pal_str word;
    struct pal_str value = pal_str_cut(line, ' ', &word);
    if (pal_str_eq(word, PAL_STR("stage"))) {
        p->stages++;
        return true;
    }
    if (pal_str_eq(word, PAL_STR("process")))
        return entry_begin(p, value, false);
    if (pal_str_eq(word, PAL_STR("once")))
        return entry_begin(p, value, true);
    return p->n > 0 && entry_line(&p->entries[p->n - 1], word, value);
}

static bool plan_complete(const struct plan *p, char why[160])
{
    for (size_t i = 0; i < p->n; i++) {
        const struct entry *e = &p->entries[i];
        if (e->command.n == 0 || !e->log) {
            snprintf(why, 160, "%s has no exec or no log", e->name);
            return false;
        }
    }
    return p->n > 0;
}

static bool read_file(const char *path, struct pal_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = 0;
    char *room;
    while ((room = pal_buf_reserve(out, 4096)) && (got = read(fd, room, 4096)) > 0)
        pal_buf_commit(out, (size_t)got);
    close(fd);
    return got == 0 && !out->failed;
}

enum pal_code plan_load(const char *path, struct plan *out, char why[160])
{
    struct pal_buf text;
    pal_buf_init(&text, PLAN_FILE_MAX);
    *out = (struct plan){0};
    snprintf(why, 160, "cannot be read");
    bool ok = read_file(path, &text);
    struct pal_str rest = pal_buf_view(&text);
    for (int number = 1; ok && rest.n > 0; number++) {
        struct pal_str line;
        rest = pal_str_cut(rest, '\n', &line);
        ok = plan_line(out, line);
        if (!ok)
            snprintf(why, 160, "line %d: %.*s", number, (int)(line.n < 100 ? line.n : 100), line.p);
    }
    pal_buf_fini(&text);
    if (ok && plan_complete(out, why))
        return PAL_OK;
    plan_free(out);
    return PAL_INVALID;
}

void plan_free(struct plan *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct entry *e = &p->entries[i];
        words_free(&e->command);
        words_free(&e->probe);
        words_free(&e->env);
        free(e->name);
        free(e->user);
        free(e->log);
    }
    p->n = 0;
}

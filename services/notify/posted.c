/* What a message's event tells, and the notifications that many messages make: ids taken at once,
 * one statement for all runs, one for all mentions. */
#include "posted.h"

#include "base/clock.h"
#include "base/walk.h"
#include "domain/text.h"
#include "store/keyword.h"
#include "store/notification.h"
#include "store/run.h"

#include <string.h>

enum { MENTIONS_MAX = 100, TEXT_MAX = 4096 };

struct posted_message {
    const struct pal_log_event *event;
    uint64_t id, author;
    struct pal_str username;
    struct pal_str content; /* JSON, in the event */
    int64_t *mentions;      /* in the arena */
    size_t n_mentions;
    struct posted_channel *channel;
    bool quiet;           /* a reply that is shown in its thread only: the channel is not told */
    int64_t notification; /* its id; those of the mentions follow */
};

/* A channel with messages in this batch. */
struct posted_channel {
    struct pal_str name;
    struct pal_str formats[NOTICE_LANGUAGES];
    struct run *run; /* that is being filled */
    bool heard;      /* somebody in it has keywords */
};

static enum pal_code too_large(struct pal_call *c)
{
    return pal_fail(c, &pal_err_service_internal, "a batch of messages does not fit");
}

/* ---- gathering ---- */

enum pal_code posted_begin(struct posted *p, struct pal_call *c, size_t max)
{
    *p = (struct posted){.call = c, .max = max};
    p->all = pal_arena_alloc(c->arena, max * sizeof *p->all);
    return p->all ? PAL_OK : too_large(c);
}

static bool read_mentions(struct pal_arena *arena, struct pal_str list, struct posted_message *m)
{
    struct pal_walk w;
    struct pal_str id;
    for (pal_walk_begin(&w, list); m->n_mentions < MENTIONS_MAX && pal_walk_element(&w, &id);) {
        if (!m->mentions)
            m->mentions = pal_arena_alloc(arena, MENTIONS_MAX * sizeof *m->mentions);
        if (!m->mentions)
            return false;
        m->mentions[m->n_mentions++] = pal_raw_int(id);
    }
    return !w.failed;
}

/* Ends with the last member that is needed: the walk costs more than all that is done with it.
 * reply: whether it is shown in the channel stands behind the rest; who is named in a message that
 * mentions everyone is told with everyone. */
static bool read_message(struct pal_arena *arena, struct pal_walk *w, bool reply,
                         struct posted_message *m)
{
    struct pal_str key, value;
    bool whole = true;
    bool last = false;
    while (whole && !last && pal_walk_member(w, &key, &value)) {
        bool mentions = pal_str_eq(key, PAL_STR("mentions"));
        bool place = reply && pal_str_eq(key, PAL_STR("in_channel"));
        bool everyone = pal_str_eq(key, PAL_STR("mention_all"));
        if (place)
            m->quiet = pal_str_eq(value, PAL_STR("false"));
        else if (mentions)
            whole = read_mentions(arena, value, m);
        else if (everyone && pal_str_eq(value, PAL_STR("\"channel\"")))
            m->n_mentions = 0;
        else if (pal_str_eq(key, PAL_STR("id")))
            m->id = pal_raw_id(value);
        else if (pal_str_eq(key, PAL_STR("user_id")))
            m->author = pal_raw_id(value);
        else if (pal_str_eq(key, PAL_STR("username")))
            m->username = pal_raw_text(value, arena);
        else if (pal_str_eq(key, PAL_STR("content")))
            m->content = value;
        last = m->n_mentions == 0 && (reply ? place : mentions);
    }
    return whole && !w->failed;
}

enum pal_code posted_add(struct posted *p, const struct pal_log_event *e)
{
    struct posted_message *m = &p->all[p->n];
    struct pal_walk w;
    struct pal_walk inner;
    struct pal_str key, value;
    bool found = false;
    bool reply = false; /* its thread stands before the message */
    *m = (struct posted_message){.event = e};
    for (pal_walk_begin(&w, e->body); !found && pal_walk_key(&w, &key);) {
        found = pal_str_eq(key, PAL_STR("message"));
        reply = reply || pal_str_eq(key, PAL_STR("thread"));
        if (found)
            pal_walk_enter(&w, &inner);
        else if (!pal_walk_value(&w, &value))
            break;
    }
    if (!found || !read_message(p->call->arena, &inner, reply, m) || !m->id || !m->username.p)
        return pal_fail(p->call, &pal_err_service_internal, "a message cannot be read");
    p->n++;
    p->n_mentions += m->n_mentions;
    return PAL_OK;
}

/* ---- channels ---- */

static struct pal_str text_of(struct pal_call *c, enum notice_kind kind,
                              enum notice_language language, const struct notice_words *words)
{
    struct pal_buf text;
    pal_buf_init(&text, TEXT_MAX);
    notice_write(kind, language, words, &text);
    struct pal_str copy = {text.failed ? NULL : pal_arena_strdup(c->arena, pal_buf_view(&text)),
                           text.n};
    pal_buf_fini(&text);
    return copy;
}

/* A name as it stands in a format. */
static struct pal_str escaped(struct pal_arena *arena, struct pal_str name)
{
    char *copy = pal_arena_alloc(arena, 2 * name.n + 1);
    size_t n = 0;
    for (size_t i = 0; copy && i < name.n; i++) {
        if (name.p[i] == '%')
            copy[n++] = '%';
        copy[n++] = name.p[i];
    }
    return (struct pal_str){copy, n};
}

static enum pal_code name_channels(struct posted *p, const int64_t *ids,
                                   struct posted_channel *channels, size_t n)
{
    struct pal_call *c = p->call;
    struct pal_str *names = pal_arena_alloc(c->arena, n * sizeof *names);
    bool *heard = pal_arena_alloc(c->arena, n * sizeof *heard);
    if (!names || !heard)
        return too_large(c);
    enum pal_code code = channels_look(c->db, c->arena, ids, n, names, heard, &c->err);
    for (size_t i = 0; code == PAL_OK && i < n; i++) {
        struct notice_words words = {.username = PAL_STR("%s"),
                                     .channel = escaped(c->arena, names[i])};
        channels[i].name = names[i];
        channels[i].heard = heard[i];
        for (int l = 0; l < NOTICE_LANGUAGES; l++) {
            channels[i].formats[l] = text_of(c, NOTICE_MESSAGE, (enum notice_language)l, &words);
            if (!channels[i].formats[l].p)
                code = too_large(c);
        }
    }
    return code;
}

/* The channels of the batch, each once. */
static enum pal_code find_channels(struct posted *p)
{
    struct pal_map known;
    struct posted_channel *channels = pal_arena_alloc(p->call->arena, p->n * sizeof *channels);
    int64_t *ids = pal_arena_alloc(p->call->arena, p->n * sizeof *ids);
    size_t n = 0;
    bool whole = channels && ids;
    pal_map_init(&known);
    for (size_t i = 0; whole && i < p->n; i++) {
        uint64_t id = p->all[i].event->channel;
        struct posted_channel *ch = pal_map_get(&known, id);
        if (!ch) {
            ids[n] = (int64_t)id;
            ch = &channels[n++];
            whole = pal_map_put(&known, id, ch);
        }
        p->all[i].channel = ch;
    }
    pal_map_fini(&known);
    return whole ? name_channels(p, ids, channels, n) : too_large(p->call);
}

/* ---- storing ---- */

static bool put_into_run(struct posted *p, const struct posted_message *m, const struct run **runs,
                         size_t *n)
{
    struct run *r = m->channel->run;
    if (!r || r->n == RUN_MAX) {
        r = pal_arena_alloc(p->call->arena, sizeof *r);
        if (!r)
            return false;
        r->org = m->event->org;
        r->channel = m->event->channel;
        r->en = m->channel->formats[NOTICE_EN];
        r->es = m->channel->formats[NOTICE_ES];
        m->channel->run = r;
        runs[(*n)++] = r;
    }
    r->ids[r->n] = m->notification;
    r->seqs[r->n] = (int64_t)m->event->seq;
    r->actors[r->n] = (int64_t)m->author;
    r->messages[r->n] = (int64_t)m->id;
    r->times[r->n] = m->event->created_ms;
    r->usernames[r->n++] = m->username;
    return true;
}

static enum pal_code store_runs(struct posted *p)
{
    struct pal_call *c = p->call;
    const struct run **runs = pal_arena_alloc(c->arena, p->n * sizeof *runs);
    size_t n = 0;
    bool whole = runs;
    for (size_t i = 0; whole && i < p->n; i++)
        whole = p->all[i].quiet || put_into_run(p, &p->all[i], runs, &n);
    if (whole && n == 0)
        return PAL_OK;
    return whole ? runs_insert(c->db, c->arena, runs, n, &c->err) : too_large(c);
}

static enum pal_code give_ids(struct posted *p)
{
    struct pal_call *c = p->call;
    int64_t next = 0;
    enum pal_code code = notification_ids(c->db, c->arena, p->n + p->n_mentions, &next, &c->err);
    for (size_t i = 0; i < p->n; i++) {
        p->all[i].notification = next;
        next += 1 + (int64_t)p->all[i].n_mentions;
    }
    return code;
}

static struct mention mention_of(const struct posted_message *m, struct pal_str en,
                                 struct pal_str es)
{
    return (struct mention){.numbers = {[MENTION_ORG] = (int64_t)m->event->org,
                                        [MENTION_CHANNEL] = (int64_t)m->event->channel,
                                        [MENTION_SEQ] = (int64_t)m->event->seq,
                                        [MENTION_ACTOR] = (int64_t)m->author,
                                        [MENTION_MESSAGE] = (int64_t)m->id,
                                        [MENTION_EVENT] = (int64_t)m->event->at.id},
                            .en = en,
                            .es = es};
}

static bool write_mentions(struct posted *p, const struct posted_message *m,
                           struct mention *mentions, size_t *n)
{
    struct notice_words words = {.username = m->username, .channel = m->channel->name};
    struct pal_str en = text_of(p->call, NOTICE_MENTION, NOTICE_EN, &words);
    struct pal_str es = text_of(p->call, NOTICE_MENTION, NOTICE_ES, &words);
    for (size_t i = 0; i < m->n_mentions; i++) {
        struct mention *one = &mentions[(*n)++];
        *one = mention_of(m, en, es);
        one->numbers[MENTION_ID] = m->notification + 1 + (int64_t)i;
        one->numbers[MENTION_USER] = m->mentions[i];
    }
    return en.p && es.p;
}

static enum pal_code publish_rows(struct pal_call *c, const struct pal_rows *rows)
{
    enum pal_code code = PAL_OK;
    for (int i = 0; code == PAL_OK && i < rows->n; i++) {
        if (!pal_row_null(rows, i, 2))
            code = pal_publish(c, &pal_ev_notification_created, (uint64_t)pal_row_int(rows, i, 0),
                               (uint64_t)pal_row_int(rows, i, 1), 0, 0, pal_row_str(rows, i, 2));
    }
    return code;
}

static enum pal_code tell_mentions(struct posted *p)
{
    struct pal_call *c = p->call;
    if (p->n_mentions == 0)
        return PAL_OK;
    struct mention *mentions = pal_arena_alloc(c->arena, p->n_mentions * sizeof *mentions);
    size_t n = 0;
    bool whole = mentions;
    for (size_t i = 0; whole && i < p->n; i++)
        whole = p->all[i].n_mentions == 0 || write_mentions(p, &p->all[i], mentions, &n);
    if (!whole)
        return too_large(c);
    PAL_ROWS rows = {0};
    enum pal_code code = mentions_insert(c->db, c->arena, mentions, n, &rows, &c->err);
    return code == PAL_OK ? publish_rows(c, &rows) : code;
}

/* To members whose keywords stand in a message, unless it names them: that is told already. Whom
 * @channel, @here or a group reaches is told of both: chat tells that in an event of its own. */
static enum pal_code tell_keywords(struct posted *p)
{
    struct pal_call *c = p->call;
    struct said *said = pal_arena_alloc(c->arena, p->n * sizeof *said);
    size_t n = 0;
    bool whole = said;
    for (size_t i = 0; whole && i < p->n; i++) {
        const struct posted_message *m = &p->all[i];
        struct notice_words words = {.username = m->username, .channel = m->channel->name};
        if (!m->channel->heard)
            continue;
        struct pal_str en = text_of(c, NOTICE_KEYWORD, NOTICE_EN, &words);
        struct pal_str es = text_of(c, NOTICE_KEYWORD, NOTICE_ES, &words);
        said[n].of = mention_of(m, en, es);
        said[n].content = pal_raw_text(m->content, c->arena);
        whole = en.p && es.p && said[n++].content.p;
    }
    if (!whole)
        return too_large(c);
    if (n == 0)
        return PAL_OK;
    PAL_ROWS rows = {0};
    enum pal_code code = keywords_insert(c->db, c->arena, said, n, &rows, &c->err);
    return code == PAL_OK ? publish_rows(c, &rows) : code;
}

/* ---- telling ---- */

/* The body of notification.created, as the function notification_event of the schema writes it. */
static void write_event(struct pal_buf *out, struct pal_buf *text, const struct posted_message *m)
{
    static const char *const before[NOTICE_LANGUAGES] = {
        "{\"type\":\"notification\",\"texts\":{\"en\":", ",\"es\":"};
    struct notice_words words = {.username = m->username, .channel = m->channel->name};
    char iso[PAL_ISO_LEN + 1];
    pal_buf_clear(out);
    for (int l = 0; l < NOTICE_LANGUAGES; l++) {
        pal_buf_clear(text);
        notice_write(NOTICE_MESSAGE, (enum notice_language)l, &words, text);
        pal_buf_z(out, before[l]);
        pal_buf_json_str(out, pal_buf_view(text));
    }
    pal_buf_z(out, "},\"notification\":{\"id\":");
    pal_buf_int(out, m->notification);
    pal_buf_z(out, ",\"kind\":\"message\",\"priority\":\"normal\",\"channel_id\":");
    pal_buf_int(out, (int64_t)m->event->channel);
    pal_buf_z(out, ",\"message_id\":");
    pal_buf_int(out, (int64_t)m->id);
    pal_buf_z(out, ",\"actor_id\":");
    pal_buf_int(out, (int64_t)m->author);
    pal_iso_format(m->event->created_ms, iso);
    pal_buf_z(out, ",\"created_at\":\"");
    pal_buf_z(out, iso);
    pal_buf_z(out, "\"}}");
}

static enum pal_code publish(struct posted *p)
{
    struct pal_buf body;
    struct pal_buf text;
    enum pal_code code = PAL_OK;
    pal_buf_init(&body, 4 * TEXT_MAX);
    pal_buf_init(&text, TEXT_MAX);
    for (size_t i = 0; code == PAL_OK && i < p->n; i++) {
        const struct posted_message *m = &p->all[i];
        if (m->quiet)
            continue;
        write_event(&body, &text, m);
        code = body.failed || text.failed
                   ? too_large(p->call)
                   : pal_publish(p->call, &pal_ev_notification_created, m->event->org, 0,
                                 m->event->channel, 0, pal_buf_view(&body));
    }
    pal_buf_fini(&body);
    pal_buf_fini(&text);
    return code;
}

enum pal_code posted_tell(struct posted *p)
{
    if (p->n == 0)
        return PAL_OK;
    enum pal_code code = find_channels(p);
    if (code == PAL_OK)
        code = give_ids(p);
    if (code == PAL_OK)
        code = store_runs(p);
    if (code == PAL_OK)
        code = publish(p);
    if (code == PAL_OK)
        code = tell_mentions(p);
    if (code == PAL_OK)
        code = tell_keywords(p);
    p->n = 0;
    p->n_mentions = 0;
    return code;
}

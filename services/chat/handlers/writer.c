/* The writer: message.create in batches, one transaction each. On the writer's own thread.
 *
 * A batch that fails as a whole for a reason that is not the database's state (one post that the
 * database will not take) is done again one post at a time, so that a bad one fails alone. When the
 * commit fails, nobody knows whether it happened: every call is told `service.unavailable` and can
 * be repeated safely with the same client_id. */
#include "handlers.h"

#include "base/id.h"
#include "base/metrics.h"
#include "domain/links.h"
#include "domain/mentions.h"
#include "domain/names.h"
#include "handlers/posting.h"
#include "handlers/writer.h"
#include "settings.h"
#include "store/writer.h"

#include <string.h>

/* Bytes of content in one transaction, and of memory for its parameters and results. */
enum { BATCH_BYTES = 2 << 20, SCRATCH_BYTES = 64 << 20, TRIES_MAX = 3 };

static struct pal_metric *repeats(void)
{
    return pal_counter("palique_messages_repeated_total", NULL,
                       "Messages that were sent before, answered with what is there");
}

static struct pal_metric *retried(void)
{
    return pal_counter("palique_messages_retried_total", NULL,
                       "Messages tried again because the database refused their batch");
}

void writer_start(void)
{
    (void)repeats(); /* shown from the start, as 0 */
    (void)retried();
}

/* A call with what is to be posted. */
struct draft {
    struct pal_call *call;
    struct post post;
};

/* client_id, else what the Idempotency-Key stands for, else a new one: then a repeat is another
 * message. */
static void take_client_id(const struct pal_call *c, uint8_t out[16])
{
    struct pal_str text = pal_json_str(c->in, "client_id");
    if (text.p && pal_uuid_parse(text, out))
        return;
    if (c->idem)
        memcpy(out, c->idem, 16);
    else
        pal_uuid_v4(out);
}

static bool wants_previews(const struct pal_call *c, struct pal_str content)
{
    struct pal_str links[LINKS_MAX];
    return chat_settings_of(c)->link_previews && links_find(content, links) > 0;
}

static bool take_names(struct pal_call *c, struct post *post)
{
    struct pal_str found[MENTIONS_MAX];
    post->n_names = mentions_scan(post->content, found);
    if (post->n_names == 0)
        return true;
    struct pal_str *names = pal_arena_alloc(c->arena, post->n_names * sizeof *names);
    if (!names)
        return false;
    memcpy(names, found, post->n_names * sizeof *names);
    post->names = names;
    post->everyone = mentions_everyone(names, post->n_names);
    return true;
}

static bool take_files(struct pal_call *c, struct post *post)
{
    const json_t *ids = json_object_get(c->in, "attachment_ids");
    size_t n = json_array_size(ids);
    int64_t *files = n > 0 ? pal_arena_alloc(c->arena, n * sizeof *files) : NULL;
    for (size_t i = 0; files && i < n; i++)
        files[i] = json_integer_value(json_array_get(ids, i));
    post->files = files;
    post->n_files = files ? n : 0;
    return n == 0 || files;
}

/* False: the call has been failed. */
static bool draft(struct pal_call *c, struct draft *out)
{
    out->call = c;
    out->post =
        (struct post){.channel = (uint64_t)pal_json_int(c->in, "channel_id", 0),
                      .user = c->caller.user,
                      .org = c->caller.org,
                      .content = pal_json_str(c->in, "content"),
                      .type = pal_json_str(c->in, "message_type"),
                      .reply_to = (uint64_t)pal_json_int(c->in, "reply_to_id", 0),
                      .thread = (uint64_t)pal_json_int(c->in, "thread_id", 0),
                      .also_in_channel = pal_json_bool(c->in, "also_send_to_channel", false)};
    out->post.has_links = wants_previews(c, out->post.content);
    take_client_id(c, out->post.client_id);
    if (text_is_blank(out->post.content) &&
        !json_array_size(json_object_get(c->in, "attachment_ids"))) {
        pal_fail(c, &pal_err_request_invalid, "the message is blank");
        pal_error_field(&c->err, "/content", "must not be blank");
        return false;
    }
    if (!take_names(c, &out->post) || !take_files(c, &out->post)) {
        pal_fail(c, &pal_err_service_internal, "the message does not fit");
        return false;
    }
    return true;
}

static void refuse(struct pal_call *c, const struct posted *p)
{
    switch (p->result) {
    case POST_NOT_MEMBER:
        pal_fail(c, &pal_err_channel_not_member, "%s", pal_err_channel_not_member.title);
        return;
    case POST_ARCHIVED:
        pal_fail(c, &pal_err_channel_archived, "%s", pal_err_channel_archived.title);
        return;
    case POST_MUTED:
        pal_fail(c, &pal_err_channel_muted, "%s", pal_err_channel_muted.title);
        if (p->until.n > 0)
            pal_error_member(&c->err, "expires_at", p->until.p);
        return;
    case POST_REPLY_UNKNOWN:
        pal_fail(c, &pal_err_message_reply_not_found, "%s", pal_err_message_reply_not_found.title);
        return;
    case POST_THREAD_UNKNOWN:
        pal_fail(c, &pal_err_message_thread_not_found, "%s",
                 pal_err_message_thread_not_found.title);
        return;
    case POST_NOT_PERMITTED:
        pal_fail(c, &pal_err_channel_not_permitted, "%s", pal_err_channel_not_permitted.title);
        return;
    case POST_FILES_UNUSABLE:
        pal_fail(c, &pal_err_file_unusable, "%s", pal_err_file_unusable.title);
        pal_error_field(&c->err, "/attachment_ids", "%s", pal_err_file_unusable.title);
        return;
    case POST_CHANNEL_UNSEEN:
    case POST_STORED:
    case POST_REPEAT:
    case POST_TWIN:
        break;
    }
    pal_fail(c, &pal_err_channel_not_found, "%s", pal_err_channel_not_found.title);
}

/* An Idempotency-Key stands for one text; a client_id is the client's own affair. */
static bool mismatch(const struct pal_call *c, const struct posted *p)
{
    return p->result == POST_REPEAT && p->changed && c->idem && !pal_json_str(c->in, "client_id").p;
}

/* Gives the call its answer, after the commit. why: why a repeat has not been found. */
static void answer(struct pal_call *c, const struct post *post, const struct posted *p,
                   const struct pal_error *why)
{
    enum pal_code code;
    if (p->result == POST_REPEAT && !p->message.p) {
        c->err = *why;
        return;
    }
    if (mismatch(c, p)) {
        pal_fail(c, &pal_err_idempotency_mismatch, "%s", pal_err_idempotency_mismatch.title);
        return;
    }
    if (p->result != POST_STORED && p->result != POST_REPEAT) {
        refuse(c, p);
        return;
    }
    if (p->result == POST_REPEAT)
        pal_metric_add(repeats(), 1);
    code = pal_reply_text(c, p->message);
    if (code == PAL_OK && p->event.p)
        code = pal_publish(c, &pal_ev_message_created, post->org, post->user, post->channel, p->seq,
                           p->event);
    if (code != PAL_OK && !c->err.def)
        pal_fail(c, &pal_err_service_internal, "the answer does not fit");
}

/* A twin is answered like the first of its kind, which alone was stored and is published. */
static void answer_all(const struct draft *drafts, size_t n, const struct posted *out,
                       const struct pal_error *why)
{
    for (size_t i = 0; i < n; i++) {
        struct posted p = out[i];
        if (p.result == POST_TWIN) {
            p = out[p.first];
            p.event = (struct pal_str){NULL, 0};
            p.changed = !pal_str_eq(drafts[i].post.content, drafts[out[i].first].post.content);
            p.result = p.result == POST_STORED ? POST_REPEAT : p.result;
        }
        answer(drafts[i].call, &drafts[i].post, &p, why);
    }
}

enum pal_code posting_check(struct pal_call *c)
{
    struct draft d;
    return draft(c, &d) ? PAL_OK : c->err.def->code;
}

enum pal_code posting_post(struct pal_call *c, uint64_t channel)
{
    struct draft d;
    struct posted out = {0};
    if (!draft(c, &d))
        return c->err.def->code;
    d.post.channel = channel;
    d.post.type = PAL_STR("text");
    enum pal_code code = writer_store_post_here(c->db, c->arena, &d.post, 1, &out, &c->err);
    if (code == PAL_OK)
        code = writer_store_repeats(c->db, c->arena, &d.post, 1, &out, &c->err);
    if (code == PAL_OK)
        answer_all(&d, 1, &out, &c->err);
    return code != PAL_OK || !c->err.def ? code : c->err.def->code;
}

/* *why: why repeats have not been found, although the rest is stored. */
static enum pal_code store(struct pal_db *db, struct pal_arena *scratch, const struct draft *drafts,
                           size_t n, struct posted *out, struct pal_error *err,
                           struct pal_error *why)
{
    struct post *posts = pal_arena_alloc(scratch, n * sizeof *posts);
    if (!posts)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    for (size_t i = 0; i < n; i++)
        posts[i] = drafts[i].post;
    enum pal_code code = writer_store_post(db, scratch, posts, n, out, err);
    for (int tries = 1; tries < TRIES_MAX && code != PAL_OK && pal_db_again(db); tries++) {
        pal_metric_add(retried(), (int64_t)n);
        pal_error_clear(err);
        code = writer_store_post(db, scratch, posts, n, out, err);
    }
    if (code == PAL_OK && writer_store_repeats(db, scratch, posts, n, out, why) == PAL_OK)
        pal_error_set(why, &pal_err_service_unavailable, "the first message is not to be found");
    return code;
}

static void fail_all(const struct draft *drafts, size_t n, const struct pal_error *err)
{
    for (size_t i = 0; i < n; i++)
        drafts[i].call->err = *err;
}

/* True: every call has its answer. False: the database has given way to others and it is not the
 * last try (pal_db_again), or it is worth trying them one by one. Parameters and results live in an
 * arena of the transaction's own, since the one of the calls lasts for all of them. */
static bool transact(struct pal_db *db, const struct draft *drafts, size_t n, bool last)
{
    struct pal_arena scratch;
    struct pal_error err = {0}, why = {0};
    pal_arena_init(&scratch, SCRATCH_BYTES);
    struct posted *out = pal_arena_alloc(&scratch, n * sizeof *out);
    enum pal_code code =
        out ? store(db, &scratch, drafts, n, out, &err, &why)
            : pal_error_set(&err, &pal_err_service_internal, "the batch does not fit");
    bool dependency = code == PAL_UNAVAILABLE || code == PAL_TIMEOUT;
    bool gave_way = code != PAL_OK && !last && pal_db_again(db);
    bool done = !gave_way && (code == PAL_OK || dependency || n == 1);
    if (out && code == PAL_OK)
        answer_all(drafts, n, out, &why);
    else if (done)
        fail_all(drafts, n, &err);
    pal_arena_fini(&scratch);
    return done;
}

static void write_batch(struct pal_db *db, const struct draft *drafts, size_t n)
{
    if (transact(db, drafts, n, false) || (pal_db_again(db) && transact(db, drafts, n, true)))
        return;
    pal_metric_add(retried(), (int64_t)n);
    for (size_t i = 0; i < n; i++)
        (void)transact(db, &drafts[i], 1, true);
}

void chat_writer(struct pal_db *db, struct pal_arena *arena, struct pal_call **calls, size_t n)
{
    size_t count = 0, from = 0, bytes = 0;
    struct draft *drafts = pal_arena_alloc(arena, n * sizeof *drafts);
    if (!drafts) {
        for (size_t i = 0; i < n; i++)
            pal_fail(calls[i], &pal_err_service_unavailable, "the batch does not fit");
        return;
    }
    for (size_t i = 0; i < n; i++)
        count += draft(calls[i], &drafts[count]) ? 1 : 0;
    for (size_t i = 0; i < count; i++) {
        bytes += drafts[i].post.content.n;
        if (bytes < BATCH_BYTES && i + 1 < count)
            continue;
        write_batch(db, drafts + from, i + 1 - from);
        from = i + 1;
        bytes = 0;
    }
}

/* Drafts those calls that can be; the others have been failed. */
static size_t draft_all(struct pal_call **calls, size_t n, struct draft *drafts)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += draft(calls[i], &drafts[count]) ? 1 : 0;
    return count;
}

enum pal_code writer_post_here(struct pal_db *db, struct pal_arena *arena, struct pal_call **calls,
                               size_t n, struct pal_error *err)
{
    struct pal_error why = {0};
    struct draft *drafts = pal_arena_alloc(arena, n * sizeof *drafts);
    struct post *posts = pal_arena_alloc(arena, n * sizeof *posts);
    struct posted *out = pal_arena_alloc(arena, n * sizeof *out);
    if (!drafts || !posts || !out)
        return pal_error_set(err, &pal_err_service_internal, "the batch does not fit");
    size_t count = draft_all(calls, n, drafts);
    for (size_t i = 0; i < count; i++)
        posts[i] = drafts[i].post;
    enum pal_code code =
        count > 0 ? writer_store_post_here(db, arena, posts, count, out, err) : PAL_OK;
    if (code == PAL_OK)
        code = writer_store_repeats(db, arena, posts, count, out, err);
    if (code == PAL_OK)
        answer_all(drafts, count, out, &why);
    return code;
}

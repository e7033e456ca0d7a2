/* Files: the database's half of an upload and a download. The bytes are moved by files/. */
#include "store/file.h"
#include "base/clock.h"
#include "base/id.h"
#include "files/address.h"
#include "handlers.h"
#include "handlers/gate.h"
#include "settings.h"

enum { FORGET_AT_ONCE = 100, FAILURES_AT_ONCE = 5 };

static enum pal_code no_file(struct pal_call *c)
{
    return pal_fail(c, &pal_err_file_not_found, "no file %llu",
                    (unsigned long long)gate_id(c, "file_id"));
}

static enum pal_code reply(struct pal_call *c, enum pal_code code, struct pal_str json)
{
    if (code != PAL_OK)
        return code;
    return json.n == 0 ? no_file(c) : pal_reply_text(c, json);
}

static enum pal_code check_quota(struct pal_call *c, const char *whose, int64_t used, int64_t limit)
{
    if (limit == 0 || used <= limit)
        return PAL_OK;
    enum pal_code code = pal_fail(c, &pal_err_file_quota, "%s", pal_err_file_quota.title);
    pal_error_member(&c->err, "quota", whose);
    pal_error_member(&c->err, "limit", pal_arena_printf(c->arena, "%lld", (long long)limit));
    return code;
}

enum pal_code file_begin(struct pal_call *c)
{
    const struct chat_settings *settings = chat_settings_of(c);
    struct viewer v = gate_viewer(c);
    struct new_file f = {.filename = pal_json_str(c->in, "filename"),
                         .url_name = pal_json_str(c->in, "url_name"),
                         .metadata = pal_json_str(c->in, "metadata"),
                         .size = pal_json_int(c->in, "size", 0),
                         .expiry_ms = settings->files_expiry_ms};
    struct file_used used = {0};
    struct pal_str json;
    if (f.size > settings->file_max_bytes)
        return pal_fail(c, &pal_err_file_too_large, "a file has %lld bytes at most",
                        (long long)settings->file_max_bytes);
    const struct chat_data *data = pal_service_data(c->service);
    enum pal_code code = data->storage ? storage_room(data->storage, f.size, &c->err) : PAL_OK;
    if (code == PAL_OK)
        code = file_store_begin(c->db, c->arena, &v, &f, &json, &used, &c->err);
    if (code == PAL_OK)
        code = check_quota(c, "user", used.by_user, settings->files_user_quota);
    if (code == PAL_OK)
        code = check_quota(c, "organization", used.by_org, settings->files_org_quota);
    return reply(c, code, json);
}

enum pal_code file_look(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    enum pal_code code =
        file_store_look(c->db, c->arena, &v, gate_id(c, "file_id"), &json, &c->err);
    return reply(c, code, json);
}

enum pal_code file_progress(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    enum pal_code code = file_store_progress(c->db, c->arena, &v, gate_id(c, "file_id"),
                                             pal_json_int(c->in, "received", 0),
                                             chat_settings_of(c)->files_expiry_ms, &json, &c->err);
    return reply(c, code, json);
}

enum pal_code file_finish(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    uint8_t hash[STORAGE_HASH];
    struct done_file f = {.file = gate_id(c, "file_id"),
                          .size = pal_json_int(c->in, "size", 0),
                          .expiry_ms = chat_settings_of(c)->files_expiry_ms,
                          .hash = hash,
                          .location = pal_json_str(c->in, "location"),
                          .mime_type = pal_json_str(c->in, "mime_type"),
                          .filename = pal_json_str(c->in, "filename"),
                          .url_name = pal_json_str(c->in, "url_name")};
    struct pal_str json;
    if (!pal_hex_decode(pal_json_str(c->in, "hash"), hash, sizeof hash))
        return pal_fail(c, &pal_err_request_invalid, "the hash is not one");
    enum pal_code code = file_store_finish(c->db, c->arena, &v, &f, &json, &c->err);
    return reply(c, code, json);
}

/* Who may read a file: of a message whoever may read that, before that its owner alone. An address
 * with a signature stands for whoever made it. */
static enum pal_code find(struct pal_call *c, struct file_facts *f)
{
    struct place place = {0};
    bool with_signature = pal_json_bool(c->in, "signed", false);
    enum pal_code code = file_store_find(c->db, c->arena, gate_id(c, "file_id"), f, &c->err);
    if (code != PAL_OK)
        return code;
    if (f->id == 0 || f->gone || !f->ready || (f->message && !f->channel))
        return no_file(c);
    if (with_signature)
        return PAL_OK;
    if (f->org != c->caller.org || (!f->message && f->user != c->caller.user))
        return no_file(c);
    if (f->message)
        code = gate_look(c, f->channel, &place);
    if (code == PAL_OK && f->message && may_read(&place.standing) != ALLOWED)
        return no_file(c);
    return code;
}

enum pal_code file_open(struct pal_call *c)
{
    struct file_facts f;
    enum pal_code code = find(c, &f);
    if (code != PAL_OK)
        return code;
    if (pal_json_bool(c->in, "thumbnail", false))
        return reply(c, code, f.thumbnail);
    /* It may still say where it was taken. */
    if (f.pending && (f.user != c->caller.user || pal_json_bool(c->in, "signed", false)))
        return pal_fail(c, &pal_err_file_processing, "%s", pal_err_file_processing.title);
    return reply(c, code, f.open);
}

/* What lies under a file besides its content (file_json). */
static bool name_is_taken(struct pal_str name)
{
    return pal_str_eq(name, PAL_STR("info")) || pal_str_eq(name, PAL_STR("url")) ||
           pal_str_eq(name, PAL_STR("thumbnail"));
}

static enum pal_code reply_url(struct pal_call *c, struct pal_str open)
{
    const struct chat_data *data = pal_service_data(c->service);
    bool thumbnail = pal_json_bool(c->in, "thumbnail", false);
    char signature[ADDRESS_SIGNATURE + 1], expires[PAL_ISO_LEN + 1], why[80];
    int64_t until = (pal_now_ms() + chat_settings_of(c)->files_url_ttl_ms) / 1000;
    json_t *o = pal_json_parse(open, why);
    struct pal_str name = pal_json_str(o, "url_name");
    if (thumbnail)
        name = PAL_STR("thumbnail");
    else if (name_is_taken(name))
        name = PAL_STR("");
    struct address a = {.file = gate_id(c, "file_id"), .name = name, .expires = until};
    enum pal_code code = PAL_OK;
    if (address_sign(data->file_secret, &a, signature)) {
        pal_iso_format(until * 1000, expires);
        code = pal_reply_json(
            c, json_pack("{ss ss}", "url",
                         pal_arena_printf(c->arena, "/files/%llu%s%.*s?expires=%lld&signature=%s",
                                          (unsigned long long)a.file, name.n ? "/" : "",
                                          (int)name.n, name.p, (long long)until, signature),
                         "expires_at", expires));
    } else {
        code = pal_fail(c, &pal_err_service_internal, "signing an address");
    }
    json_decref(o);
    return code;
}

/* Whoever may read it now may have an address of it. */
enum pal_code file_url(struct pal_call *c)
{
    struct file_facts f;
    enum pal_code code = find(c, &f);
    if (code != PAL_OK)
        return code;
    if (pal_json_bool(c->in, "thumbnail", false))
        return f.thumbnail.n ? reply_url(c, f.thumbnail) : no_file(c);
    if (f.pending)
        return pal_fail(c, &pal_err_file_processing, "%s", pal_err_file_processing.title);
    return reply_url(c, f.open);
}

enum pal_code file_get(struct pal_call *c)
{
    struct file_facts f;
    enum pal_code code = find(c, &f);
    return reply(c, code, f.json);
}

enum pal_code file_list(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    uint64_t before = 0;
    enum pal_code code = gate_cursor(c, &before);
    if (code == PAL_OK)
        code = file_store_list(c->db, c->arena, &v, pal_json_int(c->in, "limit", 50), before, &json,
                               &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code file_usage(struct pal_call *c)
{
    const struct chat_settings *settings = chat_settings_of(c);
    struct viewer v = gate_viewer(c);
    struct pal_str json;
    enum pal_code code = file_store_usage(c->db, c->arena, &v, settings->files_user_quota,
                                          settings->files_org_quota, &json, &c->err);
    return code != PAL_OK ? code : pal_reply_text(c, json);
}

enum pal_code file_delete(struct pal_call *c)
{
    struct viewer v = gate_viewer(c);
    struct file_facts f;
    bool removed = false;
    uint64_t id = gate_id(c, "file_id");
    enum pal_code code = file_store_find(c->db, c->arena, id, &f, &c->err);
    if (code != PAL_OK)
        return code;
    if (f.id == 0 || f.user != v.user || f.org != v.org)
        return no_file(c);
    code = file_store_delete(c->db, c->arena, &v, id, &removed, &c->err);
    if (code == PAL_OK && !removed)
        code = pal_fail(c, &pal_err_file_used, "%s", pal_err_file_used.title);
    return code != PAL_OK ? code : pal_reply_empty(c);
}

enum pal_code files_expire(struct pal_call *c)
{
    return file_store_expire(c->db, c->arena, &c->err);
}

/* Without a transaction: the storage may be slow. What it did not forget stays in the list, behind
 * the rest; a storage that is away is not asked for everything. */
enum pal_code files_forget(struct pal_call *c)
{
    const struct chat_data *data = pal_service_data(c->service);
    struct pal_str gone[FORGET_AT_ONCE], kept[FAILURES_AT_ONCE];
    size_t n = 0, n_gone = 0, n_kept = 0;
    enum pal_code failed = PAL_OK, code = PAL_OK;
    struct pal_error err = {0};
    if (data->storage)
        code = file_store_dropped(c->db, c->arena, gone, FORGET_AT_ONCE, &n, &c->err);
    for (size_t i = 0; code == PAL_OK && i < n && n_kept < FAILURES_AT_ONCE; i++) {
        enum pal_code removed = storage_remove(data->storage, gone[i].p, &err);
        if (removed == PAL_OK)
            gone[n_gone++] = gone[i];
        else
            kept[n_kept++] = gone[i];
        failed = removed == PAL_OK ? failed : removed;
    }
    if (code == PAL_OK)
        code = file_store_forgotten(c->db, c->arena, gone, n_gone, &c->err);
    if (code == PAL_OK)
        code = file_store_kept(c->db, c->arena, kept, n_kept, &c->err);
    if (code != PAL_OK || failed == PAL_OK)
        return code;
    c->err = err;
    return failed;
}

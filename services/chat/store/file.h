/* SQL of files. Bytes are the storage's (files/storage.h). */
#ifndef CHAT_STORE_FILE_H
#define CHAT_STORE_FILE_H

#include "store/answer.h"

struct new_file {
    struct pal_str filename, url_name, metadata;
    int64_t size, expiry_ms;
};
/* used: what counts against the quotas, this one included. */
struct file_used {
    int64_t by_user, by_org;
};
enum pal_code file_store_begin(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               const struct new_file *f, struct pal_str *json,
                               struct file_used *used, struct pal_error *err) PAL_MUST_USE;

/* A file of the viewer's that is there, as JSON; *json "" where there is none. */
enum pal_code file_store_look(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              uint64_t file, struct pal_str *json,
                              struct pal_error *err) PAL_MUST_USE;
enum pal_code file_store_progress(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, uint64_t file, int64_t received,
                                  int64_t expiry_ms, struct pal_str *json,
                                  struct pal_error *err) PAL_MUST_USE;

/* A page of what the viewer has uploaded, from below the id `before` (0: the newest). */
enum pal_code file_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              int64_t limit, uint64_t before, struct pal_str *json,
                              struct pal_error *err) PAL_MUST_USE;
/* Reply of file.usage; quotas in bytes, 0: none. */
enum pal_code file_store_usage(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t user_quota, int64_t org_quota, struct pal_str *json,
                               struct pal_error *err) PAL_MUST_USE;

struct done_file {
    uint64_t file;
    int64_t size, expiry_ms;
    const uint8_t *hash; /* 32 bytes */
    struct pal_str location, mime_type;
    struct pal_str filename, url_name; /* {NULL, 0}: as it was */
};
/* The blob, new or the one that is there, and the file on it; *json "" where there is no such
 * upload. */
enum pal_code file_store_finish(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                const struct done_file *f, struct pal_str *json,
                                struct pal_error *err) PAL_MUST_USE;

/* What is needed to judge who may do what with it. */
struct file_facts {
    uint64_t id, user, org, message, channel;
    bool ready;
    bool gone;                /* its message is deleted */
    struct pal_str json;      /* shape file */
    struct pal_str open;      /* reply of file.open */
    bool pending;             /* a picture that is not made safe yet */
    struct pal_str thumbnail; /* as `open`; {NULL, 0}: it has none */
};
/* id 0: there is none. */
enum pal_code file_store_find(struct pal_db *db, struct pal_arena *arena, uint64_t file,
                              struct file_facts *out, struct pal_error *err) PAL_MUST_USE;
/* Removes one that no message has; *removed false: there is none such. */
enum pal_code file_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t file, bool *removed, struct pal_error *err) PAL_MUST_USE;
enum pal_code file_store_secret(struct pal_db *db, struct pal_arena *arena, uint8_t *out, size_t n,
                                struct pal_error *err) PAL_MUST_USE;

/* ---- collection ---- */

/* Files whose time is over, then blobs that no file has: into storage_drop. A share at a time. */
enum pal_code file_store_expire(struct pal_db *db, struct pal_arena *arena,
                                struct pal_error *err) PAL_MUST_USE;

/* What the storage has still to forget, at most n; each lies in the arena. */
enum pal_code file_store_dropped(struct pal_db *db, struct pal_arena *arena, struct pal_str *out,
                                 size_t max, size_t *n, struct pal_error *err) PAL_MUST_USE;
enum pal_code file_store_forgotten(struct pal_db *db, struct pal_arena *arena,
                                   const struct pal_str *locations, size_t n,
                                   struct pal_error *err) PAL_MUST_USE;
/* They could not be removed: others come first for ten minutes. */
enum pal_code file_store_kept(struct pal_db *db, struct pal_arena *arena,
                              const struct pal_str *locations, size_t n,
                              struct pal_error *err) PAL_MUST_USE;

#endif

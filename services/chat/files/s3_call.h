/* One request to the object store, tried again where that may help: between s3.c and libcurl. */
#ifndef CHAT_FILES_S3_CALL_H
#define CHAT_FILES_S3_CALL_H

#include "files/s3.h"

#include <curl/curl.h>
#include <pthread.h>

enum { S3_IDLE_MAX = 32, S3_URL_MAX = 5120, S3_TAG_MAX = 80, S3_UPLOAD_ID_MAX = 1024 };

struct s3 {
    char base[1024]; /* what keys are appended to */
    char signer[128];
    char *access_key, *secret_key; /* owned */
    pthread_mutex_t lock;          /* of what follows; held for no call */
    CURL *idle[S3_IDLE_MAX];       /* owned; with their connections */
    size_t n_idle;
};

struct s3_call {
    const char *method, *key;
    const char *query; /* sorted, encoded; "": none */
    int fd;            /* of PUT: `size` bytes from `offset` on; -1: none */
    int64_t offset, size;
    struct pal_str body;  /* of POST */
    struct pal_buf *into; /* what comes back; NULL: of no interest */
    const char *range;    /* "0-99"; NULL: all */
    size_t enough;        /* bytes of `into` after which no more is read; 0: all are */
    /* what came of it */
    long status;
    char tag[S3_TAG_MAX]; /* ETag as it was said; "" */
    /* while it runs */
    int64_t sent;
    size_t into_before;
};

/* PAL_OK: a 2xx, or the status that is as good as one (0: none). */
enum pal_code s3_call(struct s3 *s, struct s3_call *c, long also,
                      struct pal_error *err) PAL_MUST_USE;
/* As queries want it (RFC 3986), terminated: out has room for 3 * S3_UPLOAD_ID_MAX + 1. False: it
 * is too long. */
bool s3_encode(struct pal_str text, char *out) PAL_MUST_USE;
/* Ends an upload in parts; one that is not there is fine. upload: its id, encoded. */
enum pal_code s3_give_up(struct s3 *s, const char *key, const char *upload,
                         struct pal_error *err) PAL_MUST_USE;

#endif

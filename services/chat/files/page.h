/* What the answer to a download says about the file, and which bytes of it were asked for. */
#ifndef CHAT_FILES_PAGE_H
#define CHAT_FILES_PAGE_H

#include "base/json.h"
#include "domain/filename.h"
#include "files/files.h"

/* Not to be copied: the lines point into it. */
struct page {
    struct pal_http_header_line lines[8];
    size_t n;
    char tag[72], disposition[DISPOSITION_MAX], range[80], type[112], cache[64];
    uint64_t size, from, length; /* from, length: the bytes that are sent */
    unsigned status;             /* 200 or 206 */
};

enum page_kind { PAGE_FILE, PAGE_THUMBNAIL, PAGE_SIGNED };

/* o: reply of file.open; seconds: how long a signed address still works. */
void page_describe(struct page *p, const json_t *o, enum page_kind kind, int64_t seconds);
/* Which bytes. False: answered already, with 304 or 416. */
bool page_choose(struct page *p, struct pal_http *r);

/* flow.c: answers r with bytes of an object, a piece in memory at a time. o: reply of file.open. */
void flow_send(struct files *home, struct pal_http *r, const json_t *o, enum page_kind kind,
               int64_t seconds);
/* Frees what is left, when loop and pool have ended. */
void flows_free(struct files *home);

#endif

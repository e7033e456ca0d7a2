/* multipart/form-data (RFC 7578) with one file in it, as browsers' forms and curl send it: fed in
 * pieces of any size, gives the file's bytes out as they come. Pure and bounded. */
#ifndef CHAT_DOMAIN_MULTIPART_H
#define CHAT_DOMAIN_MULTIPART_H

#include "base/buf.h"

enum { MULTIPART_BOUNDARY_MAX = 70, MULTIPART_NAME_MAX = 1024 };

enum multipart_state {
    MULTIPART_SKIP, /* before the first part, or within a field that is no file */
    MULTIPART_DELIMITER,
    MULTIPART_HEAD,
    MULTIPART_FILE,
    MULTIPART_END, /* the rest is passed over */
    MULTIPART_BROKEN
};

struct multipart {
    enum multipart_state state;
    char delimiter[MULTIPART_BOUNDARY_MAX + 5]; /* CRLF, two dashes, the boundary */
    size_t delimiter_n;
    struct pal_buf held; /* owned: what cannot be judged yet */
    size_t skipped;
    bool has_file;
    char filename[MULTIPART_NAME_MAX]; /* as it was sent */
    size_t filename_n;
    const char *why; /* BROKEN */
};

/* False: this is no Content-Type of such a body. multipart_fini in any case. */
bool multipart_init(struct multipart *m, struct pal_str content_type);
void multipart_fini(struct multipart *m);

/* Takes the next bytes of the body. Bytes of the file go to give, as often as need be; when that
 * says false, nothing more is read. False: broken, or give said so. */
typedef bool multipart_give(void *ctx, struct pal_str bytes);
bool multipart_feed(struct multipart *m, struct pal_str bytes, multipart_give *give, void *ctx);
/* After the last byte: a file was there, and the end of the form. */
bool multipart_complete(const struct multipart *m);

#endif

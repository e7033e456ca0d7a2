/* The texts of multipart/form-data: the boundary in a Content-Type, and the head of a part. Pure.
 */
#ifndef CHAT_DOMAIN_MULTIPART_HEAD_H
#define CHAT_DOMAIN_MULTIPART_HEAD_H

#include "domain/multipart.h"

/* RFC 2046 §5.1.1: 1 to 70 characters. Borrowed from the header. */
bool multipart_boundary(struct pal_str content_type, struct pal_str *out);

struct multipart_head {
    bool is_file; /* it has a filename */
    char filename[MULTIPART_NAME_MAX];
    size_t filename_n;
};
/* Lines between CRLFs, the first of which is at the start of text. */
bool multipart_head_parse(struct pal_str text, struct multipart_head *out);

#endif

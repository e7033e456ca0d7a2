/* multipart.h. The body is looked at as if a line break stood before it: then every delimiter
 * begins with one. */
#include "domain/multipart.h"

#include "domain/multipart_head.h"

enum { HEAD_MAX = 8 << 10, SKIP_MAX = 64 << 10, HELD_MAX = 1 << 20 };

static bool broken(struct multipart *m, const char *why)
{
    m->state = MULTIPART_BROKEN;
    m->why = why;
    return false;
}

bool multipart_init(struct multipart *m, struct pal_str content_type)
{
    struct pal_str boundary;
    *m = (struct multipart){.state = MULTIPART_SKIP};
    pal_buf_init(&m->held, HELD_MAX);
    if (!multipart_boundary(content_type, &boundary))
        return broken(m, "there is no boundary");
    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary.p, boundary.n);
    m->delimiter_n = 4 + boundary.n;
    pal_buf_add(&m->held, "\r\n", 2);
    return true;
}

void multipart_fini(struct multipart *m)
{
    pal_buf_fini(&m->held);
}

/* Bytes that belong to what is before the next delimiter. */
static bool give_out(struct multipart *m, size_t n, multipart_give *give, void *ctx)
{
    bool ok = true;
    if (m->state == MULTIPART_FILE)
        ok = n == 0 || give(ctx, (struct pal_str){m->held.p, n});
    else if ((m->skipped += n) > SKIP_MAX)
        return broken(m, "too much of it is no file");
    pal_buf_consume(&m->held, n);
    return ok;
}

static bool on_content(struct multipart *m, multipart_give *give, void *ctx, bool *more)
{
    const char *at = memmem(m->held.p, m->held.n, m->delimiter, m->delimiter_n);
    if (!at) {
        *more = false;
        return m->held.n < m->delimiter_n || give_out(m, m->held.n - m->delimiter_n + 1, give, ctx);
    }
    if (!give_out(m, (size_t)(at - m->held.p), give, ctx))
        return false;
    pal_buf_consume(&m->held, m->delimiter_n);
    m->state = MULTIPART_DELIMITER;
    return true;
}

/* What follows a delimiter: two dashes at the end, else white space and a line break. */
static bool on_delimiter(struct multipart *m, bool *more)
{
    size_t n = 0;
    if (m->held.n >= 2 && m->held.p[0] == '-' && m->held.p[1] == '-') {
        m->state = MULTIPART_END;
        return true;
    }
    while (n < m->held.n && (m->held.p[n] == ' ' || m->held.p[n] == '\t'))
        n++;
    *more = m->held.n >= n + 2;
    if (n > MULTIPART_BOUNDARY_MAX || (*more && memcmp(m->held.p + n, "\r\n", 2) != 0))
        return broken(m, "a delimiter is not followed by a line break");
    if (*more) {
        pal_buf_consume(&m->held, n); /* the line break is the first of the head */
        m->state = MULTIPART_HEAD;
    }
    return true;
}

static bool on_head(struct multipart *m, bool *more)
{
    struct multipart_head head;
    const char *end = memmem(m->held.p, m->held.n, "\r\n\r\n", 4);
    *more = end != NULL;
    if (!end)
        return m->held.n <= HEAD_MAX || broken(m, "a part has too long a head");
    struct pal_str text = {m->held.p, (size_t)(end - m->held.p)};
    if (text.n > HEAD_MAX || !multipart_head_parse(text, &head))
        return broken(m, "the head of a part cannot be read");
    if (head.is_file && m->has_file)
        return broken(m, "there is more than one file");
    if (head.is_file) {
        memcpy(m->filename, head.filename, head.filename_n);
        m->filename_n = head.filename_n;
        m->has_file = true;
    }
    m->state = head.is_file ? MULTIPART_FILE : MULTIPART_SKIP;
    /* A part without content: "head CRLF CRLF" and the delimiter, which begins with a line break of
     * its own. */
    pal_buf_consume(&m->held, text.n + 4);
    return true;
}

static bool turn(struct multipart *m, multipart_give *give, void *ctx, bool *more)
{
    switch (m->state) {
    case MULTIPART_SKIP:
    case MULTIPART_FILE:
        return on_content(m, give, ctx, more);
    case MULTIPART_DELIMITER:
        return on_delimiter(m, more);
    case MULTIPART_HEAD:
        return on_head(m, more);
    case MULTIPART_END:
        pal_buf_clear(&m->held);
        *more = false;
        return true;
    case MULTIPART_BROKEN:
        break;
    }
    return false;
}

bool multipart_feed(struct multipart *m, struct pal_str bytes, multipart_give *give, void *ctx)
{
    bool more = true;
    pal_buf_str(&m->held, bytes);
    if (m->held.failed)
        return broken(m, "too much at once");
    while (more) {
        if (!turn(m, give, ctx, &more))
            return false;
    }
    return true;
}

bool multipart_complete(const struct multipart *m)
{
    return m->state == MULTIPART_END && m->has_file;
}

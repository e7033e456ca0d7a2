/* The header guard. libmicrohttpd serves a request with both Content-Length and Transfer-Encoding,
 * takes the first of two lengths, and looks into neither names nor values. */
#include "http/guard.h"

enum { HEADERS_MAX = 100 };

/* What may come once. The order is that of the bits; the first three are looked at by name below.
 */
static const char *const single[] = {"host",
                                     "content-length",
                                     "transfer-encoding",
                                     "authorization",
                                     "content-type",
                                     "origin",
                                     "expect",
                                     "idempotency-key",
                                     "sec-websocket-key",
                                     "sec-websocket-version",
                                     "last-event-id",
                                     "traceparent",
                                     "range",
                                     "content-encoding"};
enum { HOST = 1, LENGTH = 2, ENCODING = 4, EXPECT = 64, CODING = 8192 };

/* RFC 9110 §5.6.2: tchar. */
static bool is_token(struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (c == '\0' || (!alnum && !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return s.n > 0;
}

static bool is_value(struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool is_host(struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= 0x20 || c >= 0x7f || strchr("/@?#,\\<>\"", c))
            return false;
    }
    return s.n > 0 && s.n <= 255;
}

static unsigned bit_of(struct pal_str name)
{
    for (unsigned i = 0; i < sizeof single / sizeof single[0]; i++) {
        if (pal_str_caseeq(name, pal_str_of(single[i])))
            return 1U << i;
    }
    return 0;
}

static bool digits_only(struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    return s.n > 0;
}

static const char *judge(struct pal_guard *g, unsigned bit, struct pal_str value)
{
    if (g->seen & bit)
        return "a header that may come once came twice";
    g->seen |= bit;
    if (bit == HOST && !is_host(value))
        return "the Host header is not a host";
    if (bit == LENGTH) {
        g->has_length = true;
        if (!digits_only(value) || !pal_parse_u64(value, &g->length))
            return "the Content-Length is not a number";
    }
    if (bit == ENCODING) {
        g->chunked = true;
        if (!pal_str_caseeq(value, PAL_STR("chunked")))
            return "this Transfer-Encoding is not supported";
    }
    if (bit == EXPECT && !pal_str_caseeq(value, PAL_STR("100-continue")))
        return "this expectation is not supported";
    if (bit == CODING && !pal_str_caseeq(value, PAL_STR("identity")))
        return "bodies with a Content-Encoding are not supported";
    return NULL;
}

void pal_guard_header(struct pal_guard *g, struct pal_str name, struct pal_str value)
{
    if (g->why)
        return;
    unsigned bit = bit_of(name);
    if (++g->n > HEADERS_MAX)
        g->why = "too many headers";
    else if (!is_token(name))
        g->why = "the name of a header is not a token";
    else if (!is_value(value))
        g->why = "a header has a control character in its value";
    else if (bit)
        g->why = judge(g, bit, value);
}

const char *pal_guard_verdict(const struct pal_guard *g, bool http11)
{
    if (g->why)
        return g->why;
    if (http11 && !(g->seen & HOST))
        return "the Host header is missing";
    if (g->chunked && g->has_length)
        return "Content-Length and Transfer-Encoding exclude each other";
    if (g->chunked && !http11)
        return "Transfer-Encoding needs HTTP/1.1";
    return NULL;
}

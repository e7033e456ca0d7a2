/* Parsing the address, whole or not at all. It may hold a password: nothing of it is ever repeated.
 */
#include "url.h"

#include "base/id.h"

#include <string.h>

enum { DEFAULT_PORT = 6379 };

static bool copy(char *out, size_t size, struct pal_str s)
{
    if (s.n >= size || (s.n && memchr(s.p, '\0', s.n)))
        return false;
    if (s.n)
        memcpy(out, s.p, s.n);
    out[s.n] = '\0';
    return true;
}

/* Percent-decoding (RFC 3986 §2.1). */
static bool decode(char *out, size_t size, struct pal_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (n + 1 >= size)
            return false;
        char c = s.p[i];
        if (c == '%') {
            if (s.n - i < 3 || !pal_hex_decode((struct pal_str){s.p + i + 1, 2}, &c, 1) ||
                c == '\0')
                return false;
            i += 2;
        }
        out[n++] = c;
    }
    out[n] = '\0';
    return true;
}

/* Cuts at the last `sep`, as the part before it may hold more of them. */
static struct pal_str cut_last(struct pal_str s, char sep, struct pal_str *head)
{
    const char *at = s.n ? memrchr(s.p, sep, s.n) : NULL;
    *head = (struct pal_str){NULL, 0};
    if (!at)
        return s;
    *head = (struct pal_str){s.p, (size_t)(at - s.p)};
    return (struct pal_str){at + 1, s.n - head->n - 1};
}

static bool parse_login(struct pal_str login, struct redis_url *out)
{
    struct pal_str user;
    struct pal_str password = pal_str_cut(login, ':', &user);
    return decode(out->user, sizeof out->user, user) &&
           decode(out->password, sizeof out->password, password) &&
           (out->user[0] == '\0' || out->password[0] != '\0');
}

static bool parse_u16(struct pal_str s, uint16_t *out)
{
    uint64_t value;
    if (!pal_parse_u64(s, &value) || value > UINT16_MAX)
        return false;
    *out = (uint16_t)value;
    return true;
}

static bool parse_host(struct pal_str s, struct redis_url *out)
{
    struct pal_str host;
    struct pal_str port;
    if (pal_str_starts(s, PAL_STR("["))) {
        port = pal_str_cut((struct pal_str){s.p + 1, s.n - 1}, ']', &host);
        if (!port.p || (port.n && port.p[0] != ':'))
            return false;
        port = port.n ? (struct pal_str){port.p + 1, port.n - 1} : (struct pal_str){NULL, 0};
    } else {
        port = pal_str_cut(s, ':', &host);
    }
    out->port = DEFAULT_PORT;
    return host.n > 0 && copy(out->host, sizeof out->host, host) &&
           (!port.p || (parse_u16(port, &out->port) && out->port > 0));
}

bool redis_url_parse(struct pal_str url, struct redis_url *out, const char **why)
{
    struct pal_str login;
    struct pal_str place;
    *out = (struct redis_url){0};
    if (pal_str_starts(url, PAL_STR("unix:/"))) {
        out->is_unix = true;
        *why = "the path of the socket is too long";
        return copy(out->host, sizeof out->host, (struct pal_str){url.p + 5, url.n - 5});
    }
    *why = "must be redis://[:password@]host:port[/db] or unix:/path";
    if (!pal_str_starts(url, PAL_STR("redis://")))
        return false;
    struct pal_str rest = cut_last((struct pal_str){url.p + 8, url.n - 8}, '@', &login);
    struct pal_str db = pal_str_cut(rest, '/', &place);
    return parse_login(login, out) && parse_host(place, out) &&
           (db.n == 0 || parse_u16(db, &out->db));
}

/* Parsing of bus addresses. A configuration that is not understood is refused whole: nothing is
 * guessed. */
#include "bus/address.h"

#include "gen/catalogue.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static enum pal_code wrong(struct pal_error *err, struct pal_str text, const char *why)
{
    return pal_error_set(err, &pal_err_request_invalid, "bus address \"%.*s\": %s", (int)text.n,
                         text.n ? text.p : "", why);
}

static void copy(char *to, struct pal_str s)
{
    memcpy(to, s.p, s.n);
    to[s.n] = '\0';
}

static bool after(struct pal_str *s, struct pal_str prefix)
{
    if (!pal_str_starts(*s, prefix))
        return false;
    s->p += prefix.n;
    s->n -= prefix.n;
    return true;
}

static enum pal_code parse_ipc(struct pal_str text, struct pal_str path, struct bus_address *out,
                               struct pal_error *err)
{
    if (path.n == 0 || path.p[0] != '/')
        return wrong(err, text, "ipc needs an absolute path: ipc:///folder/name");
    if (path.n > BUS_PATH_MAX)
        return wrong(err, text, "the path is longer than the 107 bytes that a unix socket allows");
    if (memchr(path.p, '%', path.n) || memchr(path.p, '?', path.n) || memchr(path.p, '#', path.n))
        return wrong(err, text, "the path must not contain %, ? or #");
    copy(out->path, path);
    (void)snprintf(out->url, sizeof out->url, "ipc://%s", out->path);
    return PAL_OK;
}

static void format_url(struct bus_address *a)
{
    const char *scheme = a->transport == BUS_TLS ? "tls+tcp" : "tcp";
    const char *form = strchr(a->host, ':') ? "%s://[%s]:%s" : "%s://%s:%s";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(a->url, sizeof a->url, form, scheme, a->host, a->port);
#pragma GCC diagnostic pop
}

static bool host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

static bool host_ok(struct pal_str host, bool bracketed)
{
    if (host.n == 0 || host.n > BUS_HOST_MAX)
        return false;
    for (size_t i = 0; i < host.n; i++)
        if (!host_char(host.p[i]) && !(bracketed && host.p[i] == ':'))
            return false;
    return true;
}

/* host:port, [v6]:port */
static bool cut_host(struct pal_str s, struct pal_str *host, struct pal_str *port, bool *bracketed)
{
    *bracketed = s.n > 0 && s.p[0] == '[';
    if (!*bracketed) {
        *port = pal_str_cut(s, ':', host);
        return true;
    }
    s.p++;
    s.n--;
    struct pal_str rest = pal_str_cut(s, ']', host);
    return after(&rest, PAL_STR(":")) && (*port = rest, true);
}

static enum pal_code parse_tcp(struct pal_str text, struct pal_str s, struct bus_address *out,
                               struct pal_error *err)
{
    struct pal_str host = {0}, port = {0};
    bool bracketed;
    int64_t number;
    if (!cut_host(s, &host, &port, &bracketed) || !host_ok(host, bracketed))
        return wrong(err, text, "needs host:port, or [address]:port");
    if (port.n == 0 || port.n > 5 || !pal_parse_i64(port, &number) || number < 0 || number > 65535)
        return wrong(err, text, "the port must be 0 to 65535");
    copy(out->host, host);
    copy(out->port, port);
    format_url(out);
    return PAL_OK;
}

enum pal_code bus_address_parse(struct pal_str text, bool allow_plain, struct bus_address *out,
                                struct pal_error *err)
{
    struct pal_str s = text;
    *out = (struct bus_address){.transport = BUS_IPC};
    if (after(&s, PAL_STR("ipc://")))
        return parse_ipc(text, s, out, err);
    if (after(&s, PAL_STR("tls+tcp://"))) {
        out->transport = BUS_TLS;
        return parse_tcp(text, s, out, err);
    }
    if (!after(&s, PAL_STR("tcp://")))
        return wrong(err, text, "needs ipc://, tls+tcp:// or tcp://");
    if (!allow_plain)
        return wrong(err, text,
                     "tcp:// is not encrypted and lets everyone in; use tls+tcp://, or allow it");
    out->transport = BUS_TCP;
    return parse_tcp(text, s, out, err);
}

enum pal_code bus_address_list(const char *text, bool allow_plain,
                               struct bus_address out[BUS_TARGETS_MAX], size_t *n,
                               struct pal_error *err)
{
    struct pal_str rest = pal_str_of(text), one;
    *n = 0;
    do {
        rest = pal_str_cut(rest, ',', &one);
        if (*n == BUS_TARGETS_MAX)
            return wrong(err, pal_str_of(text), "too many addresses in one list");
        enum pal_code code = bus_address_parse(pal_str_trim(one), allow_plain, &out[*n], err);
        if (code != PAL_OK)
            return code;
        (*n)++;
    } while (rest.p);
    return PAL_OK;
}

bool bus_address_literal(const struct bus_address *a)
{
    struct in6_addr ignored;
    return a->transport == BUS_IPC || inet_pton(AF_INET, a->host, &ignored) == 1 ||
           inet_pton(AF_INET6, a->host, &ignored) == 1;
}

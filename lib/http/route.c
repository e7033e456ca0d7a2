/* Which route answers a request: special routes first, then the catalogue, then special routes that
 * end in '*'. */
#include "http/steps.h"

#include <stdio.h>

/* Takes "/segment" off the front of *path; false at its end. */
static bool next_segment(struct pal_str *path, struct pal_str *segment)
{
    if (path->n == 0 || path->p[0] != '/')
        return false;
    const char *start = path->p + 1, *end = memchr(start, '/', path->n - 1);
    segment->p = start;
    segment->n = end ? (size_t)(end - start) : path->n - 1;
    path->p += 1 + segment->n;
    path->n -= 1 + segment->n;
    return true;
}

static bool is_wildcard(const char *pattern)
{
    size_t n = strlen(pattern);
    return n > 0 && pattern[n - 1] == '*';
}

static bool take_param(struct pal_http *r, struct pal_str name, struct pal_str text)
{
    struct pal_query_param *p = &r->params.params[r->params.n];
    if (text.n == 0 || r->params.n == PAL_QUERY_PARAMS_MAX ||
        !pal_percent_decode(text, false, &r->arena, &p->value))
        return false;
    p->name = name;
    r->params.n++;
    return true;
}

static struct pal_str without_trailing_slash(struct pal_str path)
{
    if (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    return path;
}

static bool matches(struct pal_http *r, const char *text)
{
    struct pal_str pattern = pal_str_of(text), path = r->path, want, have;
    r->params.n = 0;
    if (!is_wildcard(text))
        path = without_trailing_slash(path);
    while (next_segment(&pattern, &want)) {
        if (pal_str_eq(want, PAL_STR("*")))
            return path.n > 0;
        if (!next_segment(&path, &have))
            return false;
        if (want.n > 2 && want.p[0] == '{') {
            if (!take_param(r, (struct pal_str){want.p + 1, want.n - 2}, have))
                return false;
        } else if (!pal_str_eq(want, have)) {
            return false;
        }
    }
    return path.n == 0;
}

static void allow_add(char allow[PAL_ALLOW_MAX], const char *methods)
{
    size_t n = strlen(allow);
    if (!strstr(allow, methods) && n + strlen(methods) + 3 < PAL_ALLOW_MAX)
        (void)snprintf(allow + n, PAL_ALLOW_MAX - n, "%s%s", n ? ", " : "", methods);
}

static bool method_matches(const struct pal_http *r, const char *method)
{
    return pal_str_eq(r->method, pal_str_of(method)) ||
           (strcmp(method, "GET") == 0 && pal_request_is_get(r));
}

static bool find_special(struct pal_http *r, bool wildcard, char allow[PAL_ALLOW_MAX])
{
    for (size_t i = 0; i < r->front->config.n_specials; i++) {
        const struct pal_http_special *s = &r->front->config.specials[i];
        if (is_wildcard(s->path) != wildcard || !matches(r, s->path) || (s->when && !s->when(r)))
            continue;
        if (method_matches(r, s->method)) {
            r->special = s;
            return true;
        }
        allow_add(allow, strcmp(s->method, "GET") == 0 ? "GET, HEAD" : s->method);
    }
    r->params.n = 0;
    return false;
}

static bool take_face(struct pal_http *r, const struct pal_rest *face,
                      const struct pal_str params[PAL_REST_PARAMS_MAX])
{
    for (size_t i = 0; i < face->n_params; i++) {
        if (!take_param(r, pal_str_of(face->params[i]->name), params[i]))
            return false;
    }
    r->face = face;
    return true;
}

enum pal_match pal_route_find(struct pal_http *r, char allow[PAL_ALLOW_MAX])
{
    const struct pal_rest *face = NULL;
    struct pal_str params[PAL_REST_PARAMS_MAX];
    char of_specials[PAL_ALLOW_MAX] = "";
    allow[0] = '\0';
    if (find_special(r, false, of_specials))
        return PAL_MATCH_FOUND;
    enum pal_match match =
        pal_rest_match(r->method, r->path, r->front->config.owners, &face, params, allow);
    if (match == PAL_MATCH_FOUND)
        return take_face(r, face, params) ? PAL_MATCH_FOUND : PAL_MATCH_NONE;
    if (match == PAL_MATCH_NONE && !of_specials[0] && find_special(r, true, of_specials))
        return PAL_MATCH_FOUND;
    allow_add(allow, of_specials);
    return allow[0] ? PAL_MATCH_METHOD : PAL_MATCH_NONE;
}

bool pal_route_own_options(struct pal_http *r)
{
    char allow[PAL_ALLOW_MAX] = "";
    return find_special(r, false, allow);
}

/* A method that nobody has: what is found is only what is allowed. */
void pal_route_options(struct pal_http *r)
{
    char allow[PAL_ALLOW_MAX], line[PAL_ALLOW_MAX + 16];
    enum pal_match match = pal_route_find(r, allow);
    if (match == PAL_MATCH_NONE) {
        pal_reply_refuse(r, &pal_err_request_not_found, "no such path");
        return;
    }
    (void)snprintf(line, sizeof line, "%s, OPTIONS", allow);
    const struct pal_http_header_line lines[] = {
        {"Allow", line},
        {"Access-Control-Allow-Methods", line},
        {"Access-Control-Allow-Headers", PAL_HTTP_CORS_HEADERS},
        {"Access-Control-Max-Age", "600"}};
    bool cross = pal_http_header(r, "Access-Control-Request-Method").p && pal_http_origin_ok(r);
    pal_http_send(r, 204, NULL, (struct pal_str){NULL, 0}, lines, cross ? 4 : 1);
}

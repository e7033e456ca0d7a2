/* Matching of method and path to a REST face of the catalogue, segment by segment, without decoding
 * and without allocation. The table is sorted so that literal segments come before parameters: the
 * first match is the right one. */
#include "proto/lookup.h"

#include <stdio.h>

static struct pal_str without_trailing_slash(struct pal_str path)
{
    if (path.n > 1 && path.p[path.n - 1] == '/')
        path.n--;
    return path;
}

/* Takes "/segment" off the front of *path; false at the end or when it does not start with a slash.
 */
static bool next_segment(struct pal_str *path, struct pal_str *segment)
{
    if (path->n == 0 || path->p[0] != '/')
        return false;
    const char *start = path->p + 1;
    size_t left = path->n - 1;
    const char *end = left ? memchr(start, '/', left) : NULL;
    segment->p = start;
    segment->n = end ? (size_t)(end - start) : left;
    path->p = start + segment->n;
    path->n = left - segment->n;
    return true;
}

static bool path_matches(struct pal_str pattern, struct pal_str path, struct pal_str *params)
{
    struct pal_str want, have;
    size_t n = 0;
    while (next_segment(&pattern, &want)) {
        if (!next_segment(&path, &have))
            return false;
        if (want.n > 0 && want.p[0] == '{') {
            if (have.n == 0 || n == PAL_REST_PARAMS_MAX)
                return false;
            params[n++] = have;
        } else if (!pal_str_eq(want, have)) {
            return false;
        }
    }
    return path.n == 0;
}

static void allow_add(char allow[PAL_ALLOW_MAX], const char *method)
{
    size_t n = strlen(allow);
    bool get = strcmp(method, "GET") == 0;
    (void)snprintf(allow + n, PAL_ALLOW_MAX - n, "%s%s", n ? ", " : "", get ? "GET, HEAD" : method);
}

enum pal_match pal_rest_match_in(const struct pal_rest *rests, size_t n, struct pal_str method,
                                 struct pal_str path, unsigned owners, const struct pal_rest **out,
                                 struct pal_str params[PAL_REST_PARAMS_MAX],
                                 char allow[PAL_ALLOW_MAX])
{
    struct pal_str wanted = pal_str_eq(method, PAL_STR("HEAD")) ? PAL_STR("GET") : method;
    path = without_trailing_slash(path);
    allow[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const struct pal_rest *face = &rests[i];
        if (!(owners & (1u << face->command->owner)) ||
            !path_matches(without_trailing_slash(pal_str_of(face->path)), path, params))
            continue;
        if (pal_str_eq(pal_str_of(face->method), wanted)) {
            *out = face;
            return PAL_MATCH_FOUND;
        }
        allow_add(allow, face->method);
    }
    return allow[0] ? PAL_MATCH_METHOD : PAL_MATCH_NONE;
}

enum pal_match pal_rest_match(struct pal_str method, struct pal_str path, unsigned owners,
                              const struct pal_rest **out,
                              struct pal_str params[PAL_REST_PARAMS_MAX], char allow[PAL_ALLOW_MAX])
{
    return pal_rest_match_in(pal_rests, pal_rests_count, method, path, owners, out, params, allow);
}

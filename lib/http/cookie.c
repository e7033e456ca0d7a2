/* The refresh token of browsers: an HttpOnly cookie that only /auth sees. The front moves it into
 * the request where the body leaves it out, and out of the reply. */
#include "base/json.h"
#include "http/steps.h"

#include <stdio.h>

enum { TOKEN_MAX = 512, MAX_AGE_S = 30 * 24 * 3600 };

#define NAME "palique_refresh"

/* Nothing that could end the cookie's value. */
static bool plain(struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= 0x20 || c >= 0x7f || strchr(";,\"\\", c))
            return false;
    }
    return s.n > 0 && s.n <= TOKEN_MAX;
}

static bool takes_refresh_token(const struct pal_object *o)
{
    for (size_t i = 0; i < o->n; i++) {
        if (strcmp(o->fields[i].name, "refresh_token") == 0)
            return true;
    }
    return false;
}

bool pal_cookie_into(struct pal_http *r, json_t *request, struct pal_error *err)
{
    struct pal_str token = pal_http_cookie(r, NAME);
    if (!token.p || !plain(token) || !takes_refresh_token(r->face->command->request) ||
        pal_json_str(request, "refresh_token").p)
        return true;
    /* SameSite keeps other sites out; this is for browsers that do not know it. */
    if (!pal_http_origin_ok(r)) {
        (void)pal_error_set(err, &pal_err_origin_denied,
                            "a cookie does not count in requests of other sites");
        return false;
    }
    return json_object_set_new(request, "refresh_token", json_stringn(token.p, token.n)) == 0;
}

static void set(struct pal_http *r, struct MHD_Response *response, struct pal_str token,
                int max_age)
{
    char line[TOKEN_MAX + 160];
    (void)snprintf(line, sizeof line,
                   NAME "=%.*s; Path=/auth; Max-Age=%d; HttpOnly; SameSite=Strict%s", (int)token.n,
                   token.p, max_age, r->front->config.secure_cookies ? "; Secure" : "");
    (void)MHD_add_response_header(response, "Set-Cookie", line);
}

/* A success without a refresh token is a sign-out. */
void pal_cookie_from(struct pal_http *r, const struct pal_frame *reply,
                     struct MHD_Response *response)
{
    char why[80];
    if (reply->status < 200 || reply->status > 299)
        return;
    json_t *body = reply->body.n ? pal_json_parse(reply->body, why) : NULL;
    struct pal_str token = pal_json_str(body, "refresh_token");
    if (plain(token))
        set(r, response, token, MAX_AGE_S);
    else
        set(r, response, PAL_STR(""), 0);
    json_decref(body);
}

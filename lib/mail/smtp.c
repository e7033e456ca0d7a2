/* smtp.h by libcurl. */
#include "mail/smtp.h"

#include "base/buf.h"
#include "base/clock.h"
#include "mail/header.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_MAX = 4096, ADDRESS_MAX = 258, URL_MAX = 1024, SAID_MAX = 160 };
/* libcurl takes leave of a server that is silent too; this is how long it may wait for an answer.
 */
enum { GOODBYE_MS = 2000 };

struct pal_smtp {
    struct pal_smtp_server server;
    CURL *curl;              /* NULL: hung up */
    int64_t deadline;        /* pal_mono_ms, of the letter that is being sent */
    _Atomic int64_t stop_at; /* 0: not asked to */
    char said[SAID_MAX];     /* the last line of the server */
    bool of_letter;          /* it is about who gets the letter, or about the letter itself */
};

bool pal_smtp_tls_parse(struct pal_str text, enum pal_smtp_tls *out)
{
    static const char *const names[] = {"required", "try", "none"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (pal_str_eq(text, pal_str_of(names[i]))) {
            *out = (enum pal_smtp_tls)i;
            return true;
        }
    return false;
}

bool pal_smtp_prepare(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

struct pal_smtp *pal_smtp_new(const struct pal_smtp_server *server)
{
    struct pal_smtp *s = calloc(1, sizeof *s);
    if (s)
        s->server = *server;
    return s;
}

void pal_smtp_hang_up(struct pal_smtp *s)
{
    s->deadline = pal_mono_ms();
    curl_easy_cleanup(s->curl);
    s->curl = NULL;
}

void pal_smtp_free(struct pal_smtp *s)
{
    if (s)
        pal_smtp_hang_up(s);
    free(s);
}

void pal_smtp_stop(struct pal_smtp *s, int64_t until_mono_ms)
{
    atomic_store(&s->stop_at, until_mono_ms);
}

/* ---- libcurl's callbacks ---- */

static int watch(void *arg, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    struct pal_smtp *s = arg;
    (void)down_all, (void)down, (void)up_all, (void)up;
    int64_t at = atomic_load(&s->stop_at);
    return (at != 0 && pal_mono_ms() >= at) || pal_mono_ms() >= s->deadline + GOODBYE_MS;
}

/* What the server says last, but for its goodbye: libcurl leaves politely after a refusal too. */
static size_t listen_to(char *line, size_t size, size_t count, void *arg)
{
    struct pal_smtp *s = arg;
    struct pal_str text = pal_str_trim((struct pal_str){line, size * count});
    if (pal_str_starts(text, PAL_STR("221")))
        return size * count;
    size_t n = text.n < sizeof s->said - 1 ? text.n : sizeof s->said - 1;
    for (size_t i = 0; i < n; i++)
        s->said[i] = text.p[i] >= ' ' && text.p[i] < 0x7f ? text.p[i] : '?';
    s->said[n] = '\0';
    return size * count;
}

/* What the server is asked, but for leave: its answers are told apart by that. */
static int note_command(CURL *curl, curl_infotype type, char *line, size_t size, void *arg)
{
    struct pal_smtp *s = arg;
    struct pal_str text = {line, size};
    (void)curl;
    if (type == CURLINFO_HEADER_OUT && !pal_str_starts(text, PAL_STR("QUIT")))
        s->of_letter =
            pal_str_starts(text, PAL_STR("RCPT")) || pal_str_starts(text, PAL_STR("DATA"));
    return 0;
}

/* ---- the message ---- */

static bool add_line(struct curl_slist **list, const struct pal_buf *line)
{
    struct curl_slist *longer = line->failed ? NULL : curl_slist_append(*list, line->p);
    if (longer)
        *list = longer;
    return longer != NULL;
}

static bool add_headers(const struct pal_letter *l, struct curl_slist **list)
{
    struct pal_buf line;
    pal_buf_init(&line, HEADER_MAX);
    pal_mail_date(&line, l->written_ms);
    bool ok = add_line(list, &line);
    pal_buf_clear(&line);
    pal_mail_mailbox(&line, "From", l->from_name, l->from);
    ok = ok && add_line(list, &line);
    pal_buf_clear(&line);
    pal_mail_mailbox(&line, "To", (struct pal_str){"", 0}, l->to);
    ok = ok && add_line(list, &line);
    pal_buf_clear(&line);
    pal_mail_subject(&line, l->subject);
    ok = ok && add_line(list, &line);
    pal_buf_clear(&line);
    pal_buf_printf(&line, "Message-ID: <%.*s>", (int)l->id.n, l->id.p);
    ok = ok && add_line(list, &line);
    pal_buf_clear(&line);
    /* RFC 3834: no machine shall answer. */
    pal_buf_z(&line, "Auto-Submitted: auto-generated");
    ok = ok && add_line(list, &line);
    pal_buf_fini(&line);
    return ok;
}

static bool add_part(curl_mime *mime, struct pal_str body, const char *type)
{
    curl_mimepart *part = curl_mime_addpart(mime);
    return part && curl_mime_data(part, body.p, body.n) == CURLE_OK &&
           curl_mime_type(part, type) == CURLE_OK &&
           curl_mime_encoder(part, "quoted-printable") == CURLE_OK;
}

/* The text, and beside it the same as HTML. NULL: out of memory. */
static curl_mime *body_of(CURL *curl, const struct pal_letter *l)
{
    curl_mime *whole = curl_mime_init(curl), *both = curl_mime_init(curl);
    curl_mimepart *only = whole ? curl_mime_addpart(whole) : NULL;
    if (both && only && add_part(both, l->text, "text/plain; charset=utf-8") &&
        add_part(both, l->html, "text/html; charset=utf-8") &&
        curl_mime_subparts(only, both) == CURLE_OK) {
        if (curl_mime_type(only, "multipart/alternative") == CURLE_OK)
            return whole;
        both = NULL; /* it is whole's */
    }
    curl_mime_free(both);
    curl_mime_free(whole);
    return NULL;
}

/* ---- the conversation ---- */

/* The server is greeted with the domain of the sender: the name of a container says nothing. */
static bool url_of(const struct pal_smtp *s, const struct pal_letter *l, char url[URL_MAX])
{
    struct pal_str local, domain = pal_str_cut(l->from, '@', &local);
    int n = snprintf(url, URL_MAX, "%s/%.*s", s->server.url, (int)domain.n, domain.p);
    return n > 0 && n < URL_MAX;
}

static CURLcode set_server(struct pal_smtp *s, CURL *curl, const char *url)
{
    static const long ssl[] = {[PAL_SMTP_TLS_REQUIRED] = CURLUSESSL_ALL,
                               [PAL_SMTP_TLS_TRY] = CURLUSESSL_TRY,
                               [PAL_SMTP_TLS_NONE] = CURLUSESSL_NONE};
    const struct pal_smtp_server *to = &s->server;
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_USE_SSL, ssl[to->tls]);
    if (code == CURLE_OK && to->authorities[0])
        code = curl_easy_setopt(curl, CURLOPT_CAINFO, to->authorities);
    if (code == CURLE_OK && to->user[0])
        code = curl_easy_setopt(curl, CURLOPT_USERNAME, to->user);
    if (code == CURLE_OK && to->user[0])
        code = curl_easy_setopt(curl, CURLOPT_PASSWORD, to->password);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)to->timeout_ms);
    (void)curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                           (long)(to->timeout_ms + 999) / 1000);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, s);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, listen_to);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, s);
    (void)curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, note_command);
    (void)curl_easy_setopt(curl, CURLOPT_DEBUGDATA, s);
    (void)curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);    /* or note_command is not called */
    (void)curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a name server may keep us waiting */
    return code;
}

static CURLcode perform(struct pal_smtp *s, const struct pal_letter *l, char *trouble)
{
    char url[URL_MAX], from[ADDRESS_MAX], to[ADDRESS_MAX];
    struct curl_slist *headers = NULL, *rcpt = NULL;
    curl_mime *body = body_of(s->curl, l);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    (void)snprintf(from, sizeof from, "<%.*s>", (int)l->from.n, l->from.p);
    (void)snprintf(to, sizeof to, "<%.*s>", (int)l->to.n, l->to.p);
    rcpt = curl_slist_append(NULL, to);
    if (body && rcpt && add_headers(l, &headers) && url_of(s, l, url))
        code = set_server(s, s->curl, url);
    if (code == CURLE_OK)
        code = curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, from);
    (void)curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, trouble);
    (void)curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, rcpt);
    (void)curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(s->curl, CURLOPT_MIMEPOST, body);
    if (code == CURLE_OK)
        code = curl_easy_perform(s->curl);
    (void)curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, NULL);
    (void)curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
    (void)curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, NULL);
    (void)curl_easy_setopt(s->curl, CURLOPT_MIMEPOST, NULL);
    curl_mime_free(body);
    curl_slist_free_all(headers);
    curl_slist_free_all(rcpt);
    return code;
}

/* A refusal for good is about the letter or who gets it. What else the server refuses, of ourselves
 * (a sender, a sign-in: 530 to 539) or altogether, is for an operator to mend. */
static enum pal_smtp_result result_of(const struct pal_smtp *s, CURLcode code)
{
    int64_t answered = 0;
    struct pal_str number = {s->said, 3};
    if (code == CURLE_OK)
        return PAL_SMTP_SENT;
    if (code == CURLE_ABORTED_BY_CALLBACK && atomic_load(&s->stop_at) != 0)
        return PAL_SMTP_STOPPED;
    bool known = s->of_letter && s->said[0] && pal_parse_i64(number, &answered);
    if (!known || code == CURLE_LOGIN_DENIED || (answered >= 530 && answered < 540))
        return PAL_SMTP_LATER;
    return answered >= 500 && answered < 600 ? PAL_SMTP_REFUSED : PAL_SMTP_LATER;
}

enum pal_smtp_result pal_smtp_send(struct pal_smtp *s, const struct pal_letter *letter,
                                   char why[PAL_SMTP_WHY_MAX])
{
    char trouble[CURL_ERROR_SIZE] = "";
    why[0] = s->said[0] = '\0';
    s->of_letter = false;
    s->deadline = pal_mono_ms() + s->server.timeout_ms;
    if (!pal_mail_address_safe(letter->from) || !pal_mail_address_safe(letter->to)) {
        (void)snprintf(why, PAL_SMTP_WHY_MAX, "not an address that can be sent to");
        return PAL_SMTP_REFUSED;
    }
    if (!s->curl)
        s->curl = curl_easy_init();
    CURLcode code = s->curl ? perform(s, letter, trouble) : CURLE_OUT_OF_MEMORY;
    enum pal_smtp_result result = result_of(s, code);
    if (result == PAL_SMTP_SENT)
        return result;
    (void)snprintf(why, PAL_SMTP_WHY_MAX, "%.70s%s%s",
                   trouble[0] ? trouble : curl_easy_strerror(code), s->said[0] ? ": " : "",
                   s->said);
    pal_smtp_hang_up(s); /* whatever state it is in */
    return result;
}

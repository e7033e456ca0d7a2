/* Pages and pictures by libcurl: fetch.h. */
#include "previews/fetch.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One fetch under way. */
struct transfer {
    struct fetch *fetch;
    const struct fetch_rules *rules;
    CURL *curl;
    size_t room;
    bool wrong, full;
};

/* text: an address, and after a slash how many bits of it count. */
static bool read_network(struct pal_str text, struct network *out)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = memchr(text.p, '/', text.n);
    size_t n = slash ? (size_t)(slash - text.p) : text.n;
    uint64_t bits;
    if (n == 0 || n >= sizeof address)
        return false;
    memcpy(address, text.p, n);
    address[n] = '\0';
    *out = (struct network){.n = 4};
    if (inet_pton(AF_INET, address, out->bytes) != 1) {
        *out = (struct network){.n = 16};
        if (inet_pton(AF_INET6, address, out->bytes) != 1)
            return false;
    }
    bits = out->n * 8;
    if (slash && !pal_parse_u64((struct pal_str){slash + 1, text.n - n - 1}, &bits))
        return false;
    out->bits = (unsigned)bits;
    return bits <= out->n * 8;
}

bool fetch_rules_read(const char *networks, struct fetch_rules *out)
{
    out->n = 0;
    while (*networks) {
        size_t n = strcspn(networks, ",");
        if (out->n == FETCH_NETWORKS_MAX ||
            !read_network((struct pal_str){networks, n}, &out->allowed[out->n++]))
            return false;
        networks += n + (networks[n] == ',');
    }
    return true;
}

static bool may_reach(const struct fetch_rules *rules, const struct curl_sockaddr *to)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    if (to->family == AF_INET) {
        bytes = (const uint8_t *)&((const struct sockaddr_in *)(const void *)&to->addr)->sin_addr;
        n = 4;
    } else if (to->family == AF_INET6) {
        bytes = (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)&to->addr)->sin6_addr;
        n = 16;
    }
    for (size_t i = 0; n > 0 && i < rules->n; i++)
        if (network_has(&rules->allowed[i], bytes, n))
            return true;
    return n > 0 && address_is_public(bytes, n);
}

/* libcurl asks for a socket for each connection that it makes, with the address it is about to
 * connect to. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    const struct transfer *t = arg;
    if (purpose != CURLSOCKTYPE_IPCXN || !may_reach(t->rules, to))
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static bool of_kind(const struct transfer *t)
{
    const char *type = NULL;
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type);
    if (!type)
        return false;
    if (t->fetch->kind == FETCH_PICTURE)
        return strncasecmp(type, "image/", 6) == 0;
    return strncasecmp(type, "text/html", 9) == 0 ||
           strncasecmp(type, "application/xhtml+xml", 21) == 0;
}

/* Less than was given ends the transfer. */
static size_t take(char *bytes, size_t size, size_t count, void *arg)
{
    struct transfer *t = arg;
    size_t n = size * count, left = t->room - t->fetch->n;
    if (t->fetch->n == 0 && !of_kind(t)) {
        t->wrong = true;
        return 0;
    }
    t->full = n > left;
    n = n > left ? left : n;
    char *grown = realloc(t->fetch->body, t->fetch->n + n + 1);
    if (!grown) {
        t->wrong = true;
        return 0;
    }
    t->fetch->body = grown;
    memcpy(grown + t->fetch->n, bytes, n);
    t->fetch->n += n;
    return t->full ? 0 : n;
}

static bool prepare(struct transfer *t)
{
    CURL *c = t->curl = curl_easy_init();
    if (!c)
        return false;
    bool set =
        curl_easy_setopt(c, CURLOPT_URL, t->fetch->url) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTIONS) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)FETCH_SECONDS) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)FETCH_CONNECT_SECONDS) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_USERAGENT, "Palique-LinkPreview") == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK;
    t->room = t->fetch->kind == FETCH_PICTURE ? FETCH_PICTURE_BYTES : FETCH_PAGE_BYTES;
    return set;
}

/* http and https on other ports than their own are other services. Networks that were allowed by
 * name have their own ports. */
static bool has_usual_port(const char *url, const struct fetch_rules *rules)
{
    char *port = NULL, *host = NULL;
    CURLU *parts = curl_url();
    bool usual = parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                 curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                 curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                 (rules->n > 0 || strcmp(port, "80") == 0 || strcmp(port, "443") == 0);
    curl_free(port);
    curl_free(host);
    curl_url_cleanup(parts);
    return usual;
}

static void settle(struct transfer *t, CURLcode result)
{
    struct fetch *f = t->fetch;
    const char *address = NULL;
    bool cut = result == CURLE_WRITE_ERROR && t->full && f->kind == FETCH_PAGE;
    f->ok = !t->wrong && f->n > 0 && (result == CURLE_OK || cut);
    if (curl_easy_getinfo(t->curl, CURLINFO_EFFECTIVE_URL, &address) == CURLE_OK && address &&
        strlen(address) <= LINK_BYTES_MAX)
        memcpy(f->address, address, strlen(address) + 1);
}

static void collect(CURLM *multi, struct transfer *transfers, size_t n)
{
    const CURLMsg *done;
    int left;
    while ((done = curl_multi_info_read(multi, &left)))
        for (size_t i = 0; i < n; i++)
            if (done->msg == CURLMSG_DONE && transfers[i].curl == done->easy_handle)
                settle(&transfers[i], done->data.result);
}

static void run(CURLM *multi, struct transfer *transfers, size_t n)
{
    enum { POLL_MS = 1000 };
    int running = 1;
    while (running > 0 && curl_multi_perform(multi, &running) == CURLM_OK) {
        collect(multi, transfers, n);
        if (running > 0 && curl_multi_poll(multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
            return;
    }
}

void fetch_all(struct fetch *fetches, size_t n, const struct fetch_rules *rules)
{
    struct transfer transfers[FETCH_AT_ONCE] = {0};
    CURLM *multi = n > 0 && n <= FETCH_AT_ONCE ? curl_multi_init() : NULL;
    for (size_t i = 0; multi && i < n; i++) {
        struct transfer *t = &transfers[i];
        *t = (struct transfer){.fetch = &fetches[i], .rules = rules};
        fetches[i].address[0] = '\0';
        if (has_usual_port(fetches[i].url, rules) && prepare(t))
            curl_multi_add_handle(multi, t->curl);
    }
    if (multi)
        run(multi, transfers, n);
    for (size_t i = 0; multi && i < n; i++) {
        if (transfers[i].curl) {
            curl_multi_remove_handle(multi, transfers[i].curl);
            curl_easy_cleanup(transfers[i].curl);
        }
    }
    curl_multi_cleanup(multi);
}

void fetch_free(struct fetch *f)
{
    free(f->body);
    f->body = NULL;
    f->n = 0;
    f->ok = false;
}

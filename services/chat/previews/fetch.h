/* Fetches what is behind links, from public addresses only, several at a time. Blocks: for slow
 * chores. */
#ifndef CHAT_PREVIEWS_FETCH_H
#define CHAT_PREVIEWS_FETCH_H

#include "domain/address.h"
#include "domain/links.h"

/* Bytes of a page that are looked at, and of a picture that are taken; seconds for one fetch with
 * its redirections, of which there are few. */
enum {
    FETCH_AT_ONCE = 12,
    FETCH_PAGE_BYTES = 512 << 10,
    FETCH_PICTURE_BYTES = 5 << 20,
    FETCH_SECONDS = 10,
    FETCH_CONNECT_SECONDS = 4,
    FETCH_REDIRECTIONS = 3
};

enum fetch_kind { FETCH_PAGE, FETCH_PICTURE };

struct fetch {
    enum fetch_kind kind;
    char url[LINK_BYTES_MAX + 1];
    /* the answer */
    bool ok;                          /* it came, is of the kind, and a picture is whole */
    char address[LINK_BYTES_MAX + 1]; /* where redirections led */
    char *body;                       /* malloc'd; fetch_free */
    size_t n;
};

/* Networks that may be reached although they are not everybody's. */
enum { FETCH_NETWORKS_MAX = 16 };
struct fetch_rules {
    struct network allowed[FETCH_NETWORKS_MAX];
    size_t n;
};

/* networks: "10.1.0.0/16,fd12::/32,127.0.0.1" or "". False: it is not such a list. */
bool fetch_rules_read(const char *networks, struct fetch_rules *out);

/* n: at most FETCH_AT_ONCE; returns when all have an answer. Each connection, that of a redirection
 * too, is made only to an address that was found public when it is opened: what a name resolved to
 * earlier does not matter. http and https on their own ports, no proxy, no cookies, no credentials.
 */
void fetch_all(struct fetch *fetches, size_t n, const struct fetch_rules *rules);
void fetch_free(struct fetch *f);

#endif

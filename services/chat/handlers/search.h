/* A search in progress: what its two files share. */
#ifndef CHAT_HANDLERS_SEARCH_H
#define CHAT_HANDLERS_SEARCH_H

#include "domain/seek.h"
#include "domain/walk.h"
#include "handlers/gate.h"
#include "store/search.h"

/* Matches are ranked among the newest of this many at most; then come the next. */
enum { SEARCH_PAGE_MAX = 100, SEARCH_WINDOW = 120 };

struct search {
    struct query query;
    struct seek seek;
    struct stemmers stemmers;
    bool by_relevance;
    bool saved;   /* only what the caller has saved */
    bool marked;  /* something is asked for that a message must have beside words */
    bool nowhere; /* there is no channel to look in */
    int64_t limit;
    /* tsqueries: all that is asked of a message; the same without -wor*; without wor* too; what
     * ranks; channels; and the parts of them */
    struct pal_buf words, indexed, plain, rank, scope, authors, marks;
    int64_t from_ms, to_ms; /* 0: no limit */
    /* where this page stands, and where the next one does */
    int64_t anchor_ms;              /* relevance: ages are counted from here */
    int64_t window_from, window_to; /* relevance: ids [from, to) are ranked together */
    struct search_hit after;        /* relevance: the last one that was shown; id 0: none was */
    int64_t floor;                  /* the first id that is in question */
    int64_t newest;                 /* the last id that there is, or more */
    int64_t next;                   /* ids below it are for the next page (or window); 0: none */
    bool more;                      /* hits are left in the window */
    struct search_hit found[SEARCH_WINDOW];
    size_t n_found;
    struct search_hit page[SEARCH_PAGE_MAX];
    size_t n_page;
};

/* search_walk.c: reads the cursor, fills the page. */
enum pal_code search_find(struct pal_call *c, struct search *s) PAL_MUST_USE;
/* The next page's cursor as JSON, when of this page's hits `done` were dealt with. */
void search_put_cursor(const struct search *s, size_t done, struct pal_buf *out);

#endif

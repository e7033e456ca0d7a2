/* The set of people of a direct conversation: people.h. */
#include "domain/people.h"

#include <string.h>

/* Puts the id in its place among the n that are there, unless it is one of them. */
static size_t put(int64_t *ids, size_t n, int64_t id)
{
    size_t at = 0;
    while (at < n && ids[at] < id)
        at++;
    if (at < n && ids[at] == id)
        return n;
    memmove(ids + at + 1, ids + at, (n - at) * sizeof *ids);
    ids[at] = id;
    return n + 1;
}

size_t people_of(int64_t caller, const int64_t *others, size_t n, int64_t *out)
{
    size_t count = put(out, 0, caller);
    for (size_t i = 0; i < n; i++)
        count = put(out, count, others[i]);
    return count;
}

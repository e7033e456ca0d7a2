/* Handles of groups: handles.h. */
#include "domain/handles.h"

#include "domain/mentions.h"

#include <string.h>

bool handle_valid(struct pal_str handle)
{
    char text[MENTION_NAME_MAX + 1] = "@";
    struct pal_str names[MENTIONS_MAX];
    if (handle.n == 0 || handle.n >= MENTION_NAME_MAX || strchr("._-", handle.p[0]))
        return false;
    memcpy(text + 1, handle.p, handle.n);
    size_t n = mentions_scan((struct pal_str){text, handle.n + 1}, names);
    return n == 1 && names[0].n == handle.n;
}

/* Where code ends: code.h. */
#include "domain/code.h"

#include <stdbool.h>

static size_t run_of_backticks(struct pal_str text, size_t at)
{
    size_t n = 0;
    while (at + n < text.n && text.p[at + n] == '`')
        n++;
    return n;
}

size_t code_skip(struct pal_str text, size_t at)
{
    size_t opening = run_of_backticks(text, at);
    for (size_t i = at + opening; i < text.n;) {
        size_t n = run_of_backticks(text, i);
        if (n == opening)
            return i + n;
        i += n ? n : 1;
    }
    bool line_start = at == 0 || text.p[at - 1] == '\n';
    return opening >= 3 && line_start ? text.n : at + opening;
}

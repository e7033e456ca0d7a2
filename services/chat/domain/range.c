/* range.h: one range only; who asks for several gets the whole. */
#include "domain/range.h"

static enum range last_bytes(struct pal_str text, uint64_t size, uint64_t *from, uint64_t *to)
{
    uint64_t n;
    if (!pal_parse_u64(text, &n))
        return RANGE_ALL;
    if (n == 0 || size == 0)
        return RANGE_OUTSIDE;
    *from = n < size ? size - n : 0;
    *to = size - 1;
    return RANGE_PART;
}

enum range range_parse(struct pal_str header, uint64_t size, uint64_t *from, uint64_t *to)
{
    struct pal_str unit, first;
    uint64_t a, b = UINT64_MAX;
    struct pal_str spec = pal_str_cut(header, '=', &unit);
    if (!spec.p || !pal_str_caseeq(pal_str_trim(unit), PAL_STR("bytes")))
        return RANGE_ALL;
    struct pal_str last = pal_str_cut(pal_str_trim(spec), '-', &first);
    if (!last.p)
        return RANGE_ALL;
    if (first.n == 0)
        return last_bytes(last, size, from, to);
    if (!pal_parse_u64(first, &a) || (last.n > 0 && !pal_parse_u64(last, &b)) || b < a)
        return RANGE_ALL;
    if (a >= size)
        return RANGE_OUTSIDE;
    *from = a;
    *to = b < size ? b : size - 1;
    return RANGE_PART;
}

bool range_tag_listed(struct pal_str list, struct pal_str tag)
{
    while (list.n > 0) {
        struct pal_str one;
        list = pal_str_cut(list, ',', &one);
        one = pal_str_trim(one);
        if (pal_str_starts(one, PAL_STR("W/")))
            one = (struct pal_str){one.p + 2, one.n - 2};
        if (pal_str_eq(one, PAL_STR("*")) || pal_str_eq(one, tag))
            return true;
    }
    return false;
}

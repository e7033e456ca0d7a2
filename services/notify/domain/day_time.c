/* Two digits, a colon, two digits. */
#include "domain/day_time.h"

static bool two_digits(const char *p, int max)
{
    return p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9' &&
           10 * (p[0] - '0') + (p[1] - '0') <= max;
}

bool day_time_valid(struct pal_str text)
{
    return text.n == 5 && text.p[2] == ':' && two_digits(text.p, 23) && two_digits(text.p + 3, 59);
}

/* Clocks and RFC 3339 time stamps. Dates by the civil-from-days algorithm (Howard Hinnant, "chrono-
 * Compatible Low-Level Date Algorithms"): no locale, no time zone database, no global state. */
#include "base/clock.h"

#include <time.h>

enum { DAY_MS = 86400000 };

static int64_t read_us(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t); /* cannot fail for these clocks */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t pal_now_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t pal_mono_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t pal_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    *day = of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = y + era * 400 + (*month <= 2);
}

static char *put_digits(char *out, int64_t value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

static char *put_group(char *out, int64_t value, int width, char after)
{
    out = put_digits(out, value, width);
    *out = after;
    return out + 1;
}

void pal_iso_format(int64_t unix_ms, char out[PAL_ISO_LEN + 1])
{
    const int64_t first = -62167219200000; /* 0000-01-01 */
    const int64_t last = 253402300799999;  /* 9999-12-31: four digits of year are all there is */
    unix_ms = unix_ms < first ? first : unix_ms > last ? last : unix_ms;
    int64_t days = unix_ms / DAY_MS - (unix_ms % DAY_MS < 0);
    int64_t rest = unix_ms - days * DAY_MS;
    int64_t year;
    int64_t month;
    int64_t day;
    civil_from_days(days, &year, &month, &day);
    out = put_group(out, year, 4, '-');
    out = put_group(out, month, 2, '-');
    out = put_group(out, day, 2, 'T');
    out = put_group(out, rest / 3600000, 2, ':');
    out = put_group(out, rest / 60000 % 60, 2, ':');
    out = put_group(out, rest / 1000 % 60, 2, '.');
    out = put_group(out, rest % 1000, 3, 'Z');
    *out = '\0';
}

/* Takes `width` digits and, unless it is 0, the character `after`. */
static bool take(struct pal_str *s, size_t width, char after, int64_t *out)
{
    size_t need = width + (after ? 1 : 0);
    if (s->n < need || (after && s->p[width] != after))
        return false;
    uint64_t value;
    if (!pal_parse_u64((struct pal_str){s->p, width}, &value))
        return false;
    s->p += need;
    s->n -= need;
    *out = (int64_t)value;
    return true;
}

static bool take_date(struct pal_str *s, int64_t *days)
{
    static const char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t year;
    int64_t month;
    int64_t day;
    if (!take(s, 4, '-', &year) || !take(s, 2, '-', &month) || !take(s, 2, 0, &day))
        return false;
    if (month < 1 || month > 12)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day < 1 || day > lengths[month - 1] + (month == 2 && leap))
        return false;
    *days = days_from_civil(year, month, day);
    return true;
}

/* HH:MM:SS with an optional fraction, of which milliseconds are kept. A leap second counts as the
 * next. */
static bool take_time(struct pal_str *s, int64_t *ms)
{
    int64_t hour;
    int64_t minute;
    int64_t second;
    if (!take(s, 2, ':', &hour) || !take(s, 2, ':', &minute) || !take(s, 2, 0, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    *ms = ((hour * 60 + minute) * 60 + second) * 1000;
    if (s->n == 0 || s->p[0] != '.')
        return true;
    s->p++;
    s->n--;
    size_t digits = 0;
    for (int64_t unit = 100; s->n && s->p[0] >= '0' && s->p[0] <= '9'; unit /= 10, digits++) {
        *ms += unit * (s->p[0] - '0');
        s->p++;
        s->n--;
    }
    return digits >= 1 && digits <= 9;
}

static bool take_offset(struct pal_str *s, int64_t *ms)
{
    if (s->n == 0)
        return false;
    char sign = s->p[0];
    s->p++;
    s->n--;
    *ms = 0;
    if (sign == 'Z' || sign == 'z')
        return true;
    int64_t hour;
    int64_t minute;
    if ((sign != '+' && sign != '-') || !take(s, 2, ':', &hour) || !take(s, 2, 0, &minute))
        return false;
    if (hour > 23 || minute > 59)
        return false;
    *ms = (hour * 60 + minute) * (sign == '-' ? -60000 : 60000);
    return true;
}

bool pal_iso_parse(struct pal_str s, int64_t *unix_ms)
{
    int64_t days;
    int64_t time_ms;
    int64_t offset_ms;
    if (!take_date(&s, &days) || s.n == 0 || (s.p[0] != 'T' && s.p[0] != 't'))
        return false;
    s.p++;
    s.n--;
    if (!take_time(&s, &time_ms) || !take_offset(&s, &offset_ms) || s.n != 0)
        return false;
    *unix_ms = days * DAY_MS + time_ms - offset_ms;
    return true;
}

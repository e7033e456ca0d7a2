/* Time stamps, against dates worked out by hand and against gmtime. */
#include "base/clock.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <time.h>

static int64_t parsed(const char *text)
{
    int64_t ms = INT64_MIN;
    return pal_iso_parse(pal_str_of(text), &ms) ? ms : INT64_MIN;
}

static const char *formatted(int64_t ms)
{
    static _Thread_local char out[PAL_ISO_LEN + 1];
    pal_iso_format(ms, out);
    return out;
}

Test(clock, formats_known_moments)
{
    cr_assert_str_eq(formatted(0), "1970-01-01T00:00:00.000Z");
    cr_assert_str_eq(formatted(-1), "1969-12-31T23:59:59.999Z");
    cr_assert_str_eq(formatted(951782400000), "2000-02-29T00:00:00.000Z");
    cr_assert_str_eq(formatted(1767312245678), "2026-01-02T00:04:05.678Z");
    cr_assert_str_eq(formatted(INT64_MAX), "9999-12-31T23:59:59.999Z");
    cr_assert_str_eq(formatted(INT64_MIN), "0000-01-01T00:00:00.000Z");
}

Test(clock, agrees_with_gmtime_over_the_centuries)
{
    for (int64_t s = -62135596800; s < 253402300800; s += 86400 * 17 + 3607) {
        time_t t = (time_t)s;
        struct tm tm;
        char want[64];
        cr_assert(gmtime_r(&t, &tm));
        (void)snprintf(want, sizeof want, "%04d-%02d-%02dT%02d:%02d:%02d.000Z", tm.tm_year + 1900,
                       tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        cr_assert_str_eq(formatted(s * 1000), want);
        cr_assert_eq(parsed(want), s * 1000);
    }
}

Test(clock, reads_offsets_fractions_and_lower_case)
{
    cr_assert_eq(parsed("1970-01-01T01:00:00+01:00"), 0);
    cr_assert_eq(parsed("1969-12-31T20:30:00-03:30"), 0);
    cr_assert_eq(parsed("1970-01-01t00:00:00.5z"), 500);
    cr_assert_eq(parsed("1970-01-01T00:00:00.123456789Z"), 123);
    cr_assert_eq(parsed("2016-12-31T23:59:60Z"), parsed("2017-01-01T00:00:00Z"));
}

Test(clock, refuses_everything_else)
{
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-01-02 03:04:05Z",
        "2026-01-02T03:04Z",
        "2026-13-02T03:04:05Z",
        "2026-00-02T03:04:05Z",
        "2026-01-00T03:04:05Z",
        "2026-02-29T03:04:05Z",
        "2100-02-29T03:04:05Z",
        "2026-01-02T24:04:05Z",
        "2026-01-02T03:60:05Z",
        "2026-01-02T03:04:61Z",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05.1234567890Z",
        "2026-01-02T03:04:05Zx",
        "2026-01-02T03:04:05+1:00",
        "2026-01-02T03:04:05+24:00",
        "-026-01-02T03:04:05Z",
        "+026-01-02T03:04:05Z",
        "2026-01-02T03:04:05+",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_eq(parsed(wrong[i]), INT64_MIN, "%s", wrong[i]);
}

Test(clock, monotonic_time_does_not_go_back)
{
    int64_t before = pal_mono_us();
    for (int i = 0; i < 1000; i++) {
        int64_t now = pal_mono_us();
        cr_assert_geq(now, before);
        before = now;
    }
    cr_assert_gt(pal_now_ms(), 1700000000000);
}

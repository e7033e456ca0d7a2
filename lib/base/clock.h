/* Clocks and time stamps. Any thread. */
#ifndef PAL_BASE_CLOCK_H
#define PAL_BASE_CLOCK_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

int64_t pal_now_ms(void);  /* wall clock, milliseconds since 1970 UTC */
int64_t pal_mono_ms(void); /* monotonic, for durations and timers */
int64_t pal_mono_us(void);

enum { PAL_ISO_LEN = 24 }; /* "2026-01-02T03:04:05.678Z" */
void pal_iso_format(int64_t unix_ms, char out[PAL_ISO_LEN + 1]);
/* RFC 3339 date-time with Z or an offset, seconds or fractions; false when it is anything else. */
bool pal_iso_parse(struct pal_str s, int64_t *unix_ms);

#endif

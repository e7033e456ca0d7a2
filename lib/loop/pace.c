/* Two windows of time are remembered: what was ready in the last whole one tells how busy it is, so
 * that a single conversation is never held up. */
#include "pace.h"

enum { WINDOW_US = 4000, NOT_WORTH_US = 50 };

int64_t pace_left(struct pace *p, int64_t now_us)
{
    int64_t since = now_us - p->window_us;
    if (since >= WINDOW_US) {
        p->ready_before = since < 2 * WINDOW_US ? p->ready : 0;
        p->ready = 0;
        p->window_us = now_us;
    }
    int64_t left = p->began_us + p->every_us - now_us;
    return p->every_us > 0 && p->ready_before > p->often && left > NOT_WORTH_US ? left : 0;
}

void pace_began(struct pace *p, int64_t now_us, unsigned n)
{
    p->began_us = now_us;
    p->ready += n;
}

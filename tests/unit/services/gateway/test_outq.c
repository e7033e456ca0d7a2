/* The output queue. */
#include "outq.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void push(struct outq *q, const char *text)
{
    struct pal_blob *b = pal_blob_new(text, strlen(text));
    cr_assert(outq_push(q, b));
    pal_blob_unref(b);
}

static void expect_waiting(const struct outq *q, const char *text)
{
    struct iovec v[64];
    char all[256] = "";
    int n = outq_vectors(q, v, 64);
    for (int i = 0; i < n; i++)
        (void)snprintf(all + strlen(all), sizeof all - strlen(all), "%.*s", (int)v[i].iov_len,
                       (const char *)v[i].iov_base);
    cr_expect_str_eq(all, text);
    cr_expect_eq(q->bytes, strlen(text));
}

Test(outq, keeps_order_over_partial_writes)
{
    struct outq q = {0};
    push(&q, "abc");
    push(&q, "def");
    outq_consume(&q, 2);
    expect_waiting(&q, "cdef");
    push(&q, "g");
    outq_consume(&q, 3);
    expect_waiting(&q, "fg");
    outq_consume(&q, 2);
    expect_waiting(&q, "");
    outq_fini(&q);
}

Test(outq, grows_and_gives_its_memory_back)
{
    struct outq q = {0};
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++)
            push(&q, "x");
        cr_expect_eq(q.n, 1000);
        outq_consume(&q, 1000);
        cr_expect_eq(q.n, 0);
        cr_expect_eq(q.cap, 0);
    }
    outq_fini(&q);
}

Test(outq, trimming_keeps_the_rest_of_a_frame_that_has_begun)
{
    struct outq q = {0};
    push(&q, "abc");
    push(&q, "def");
    outq_consume(&q, 1);
    cr_expect_eq(outq_trim(&q), 3);
    expect_waiting(&q, "bc");
    outq_consume(&q, 2);
    push(&q, "gh");
    cr_expect_eq(outq_trim(&q), 2);
    expect_waiting(&q, "");
    outq_fini(&q);
}

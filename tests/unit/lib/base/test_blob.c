/* Shared bytes: many threads take and drop references; the sanitizers watch the last one free. */
#include "base/blob.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 100000 };

static void *take_and_drop(void *arg)
{
    struct pal_blob *b = arg;
    size_t sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct pal_blob *mine = pal_blob_ref(b);
        sum += (size_t)mine->data[0];
        pal_blob_unref(mine);
    }
    pal_blob_unref(b);
    return sum ? NULL : b;
}

int main(void)
{
    pthread_t threads[THREADS];
    struct pal_blob *b = pal_blob_new("hello", 5);
    if (!b || b->n != 5 || memcmp(b->data, "hello", 5) != 0)
        return 1;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, take_and_drop, pal_blob_ref(b)) != 0)
            return 1;
    pal_blob_unref(b);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    pal_blob_unref(NULL);
    if (pal_blob_new("x", SIZE_MAX) != NULL)
        return 1;
    puts("blobs: shared by threads, freed once");
    return 0;
}

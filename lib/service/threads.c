/* Threads with small stacks: a service has a dozen, most of them idle. */
#include "service/process.h"

#include <stdio.h>

bool pal_thread_start(pthread_t *t, const char *name, void *(*fn)(void *), void *arg)
{
    pthread_attr_t attr;
    if (pthread_attr_init(&attr) != 0)
        return false;
    bool ok = pthread_attr_setstacksize(&attr, PAL_STACK_BYTES) == 0 &&
              pthread_create(t, &attr, fn, arg) == 0;
    pthread_attr_destroy(&attr);
    char shown[16]; /* what the kernel takes */
    snprintf(shown, sizeof shown, "%.15s", name);
    if (ok)
        pthread_setname_np(*t, shown);
    return ok;
}

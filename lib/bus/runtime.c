/* Process-wide start of nng, and threads. nng 1.5.2 has no setting for its thread counts (they are
 * fixed when it is compiled: two task and one expiry thread per core, four resolvers, one each for
 * poll, reap and timer), so what can be kept low is what each of them costs: its stack. */
#include "bus/runtime.h"

#include "base/clock.h"
#include "bus/bus.h"

#include <nng/nng.h>
#include <signal.h>
#include <time.h>

void pal_bus_init(void)
{
    sigset_t all, before;
    pthread_attr_t was, small;
    nng_aio *aio = NULL;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    /* The library's threads take the default stack; 8 MiB stacks invite huge pages. */
    if (pthread_getattr_default_np(&was) == 0 && pthread_getattr_default_np(&small) == 0) {
        pthread_attr_setstacksize(&small, BUS_STACK);
        pthread_setattr_default_np(&small);
        if (nng_aio_alloc(&aio, NULL, NULL) == 0) /* the first call starts them */
            nng_aio_free(aio);
        pthread_setattr_default_np(&was);
        pthread_attr_destroy(&was);
        pthread_attr_destroy(&small);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool bus_thread_start(pthread_t *t, const char *name, void *(*fn)(void *), void *arg)
{
    sigset_t all, before;
    pthread_attr_t attr;

    if (pthread_attr_init(&attr) != 0)
        return false;
    pthread_attr_setstacksize(&attr, BUS_STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(t, &attr, fn, arg) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    if (ok)
        pthread_setname_np(*t, name);
    return ok;
}

void bus_cond_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

void bus_cond_wait(pthread_cond_t *c, pthread_mutex_t *m, int64_t until_ms)
{
    struct timespec ts = {until_ms / 1000, until_ms % 1000 * 1000000};
    pthread_cond_timedwait(c, m, &ts);
}

/* Process-wide start of nng, and threads. nng 1.5.2 has no setting for its thread counts (they are
 * fixed when it is compiled: two task and one expiry thread per core, four resolvers, one each for
 * poll, reap and timer), so what can be kept low is what each of them costs: its stack. */
#include "bus/runtime.h"

#include "base/clock.h"
#include "bus/bus.h"

#include <nng/nng.h>
#include <signal.h>
#include <time.h>

/* The first call into the library starts its threads. */
static bool nng_started(void)
{
    nng_aio *aio = NULL;
    bool ok = nng_aio_alloc(&aio, NULL, NULL) == 0;
    nng_aio_free(aio);
    return ok;
}

/* The library's threads take the default stack; of 8 MiB the kernel may make huge pages. */
static bool start_with_small_stacks(void)
{
    pthread_attr_t was, small;
    if (pthread_getattr_default_np(&was) != 0)
        return false;
    small = was;
    bool ok = pthread_attr_setstacksize(&small, BUS_STACK) == 0 &&
              pthread_setattr_default_np(&small) == 0 && nng_started();
    pthread_setattr_default_np(&was);
    pthread_attr_destroy(&was);
    return ok;
}

void pal_bus_init(void)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (!start_with_small_stacks())
        (void)nng_started(); /* the thread sanitizer wants more; what fails here fails again in
                                start */
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

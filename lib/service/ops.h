/* The operations port: /livez, /readyz, /metrics on a thread of its own. Nothing else is ever
 * served there. */
#ifndef PAL_SERVICE_OPS_H
#define PAL_SERVICE_OPS_H

#include "base/code.h"
#include "base/error.h"

#include <stdbool.h>

struct pal_ops;
/* ready: called on the ops thread; must be cheap. why[120] says what is missing. */
typedef bool pal_ready_fn(void *ctx, char why[120]);
enum pal_code pal_ops_start(const char *listen, pal_ready_fn *ready, void *ctx,
                            struct pal_ops **out, struct pal_error *err) PAL_MUST_USE;
void pal_ops_free(struct pal_ops *o);

/* Asks the operations port of a running process, for container health checks; problems go to
 * standard error. True: ready. */
bool pal_health_probe(const char *listen);

#endif

/* The gateway's command line. */
#ifndef GATEWAY_FLAGS_H
#define GATEWAY_FLAGS_H

#include "config.h"

#include <stdbool.h>

/* Reads the configuration; problems go to standard error. */
bool flags_load(struct gateway_config *config);
/* True: the flag was a question and *exit_code is its answer. */
bool flags_handle(int argc, char **argv, int *exit_code);

#endif

/* Who a direct conversation is between: a set of people. Pure. */
#ifndef CHAT_DOMAIN_PEOPLE_H
#define CHAT_DOMAIN_PEOPLE_H

#include <stddef.h>
#include <stdint.h>

enum { DIRECT_OTHERS_MAX = 9, DIRECT_MAX = DIRECT_OTHERS_MAX + 1 };

/* The caller and the others, each once, in rising order. out: room for n + 1. Returns how many. */
size_t people_of(int64_t caller, const int64_t *others, size_t n, int64_t *out);

#endif

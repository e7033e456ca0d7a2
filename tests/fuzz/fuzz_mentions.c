/* Names behind an @ in any bytes: within the text, each behind its @, of a length that a name may
 * have, and whole characters where the text has such. */
#include "domain/handles.h"
#include "domain/mentions.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool what)
{
    if (!what)
        __builtin_trap();
}

static void check_name(struct pal_str text, struct pal_str name, const char *not_before, bool valid)
{
    expect(name.n > 0 && name.n <= MENTION_NAME_MAX);
    expect(name.p > text.p && name.p >= not_before && name.p + name.n <= text.p + text.n);
    expect(name.p[-1] == '@' && !memchr(name.p, '@', name.n) && !memchr(name.p, ' ', name.n));
    expect(!valid || pal_utf8_valid(name, false));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pal_str text = {(const char *)data, size};
    struct pal_str names[MENTIONS_MAX];
    bool valid = pal_utf8_valid(text, true);
    size_t n = mentions_scan(text, names);
    expect(n <= MENTIONS_MAX);
    for (size_t i = 0; i < n; i++)
        check_name(text, names[i], i > 0 ? names[i - 1].p : text.p, valid);
    struct pal_str everyone = mentions_everyone(names, n);
    bool reserved = false;
    for (size_t i = 0; i < n; i++)
        reserved = reserved || mention_is_reserved(names[i]);
    expect(reserved == (everyone.p != NULL));
    /* A handle is what would be found behind an @. */
    expect(!handle_valid(text) || (size < MENTION_NAME_MAX && !memchr(data, '@', size)));
    return 0;
}

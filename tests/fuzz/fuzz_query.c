/* Request targets: any bytes, as path and as query. */
#include "http/query.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pal_str text = {(const char *)data, size};
    struct pal_arena arena;
    struct pal_query query;
    pal_arena_init(&arena, 1 << 20);
    if (pal_query_parse(text, &arena, &query)) {
        for (size_t i = 0; i < query.n; i++) {
            if (!pal_utf8_valid(query.params[i].name, false) ||
                !pal_utf8_valid(query.params[i].value, false))
                __builtin_trap();
        }
    }
    struct pal_str path;
    (void)pal_str_cut(text, '?', &path);
    (void)pal_path_ok(path);
    pal_arena_fini(&arena);
    return 0;
}

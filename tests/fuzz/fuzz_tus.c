/* Headers of tus: any bytes. Metadata that is fine gives values that fit. */
#include "domain/tus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pal_str header = {(const char *)data, size};
    uint8_t digest[TUS_DIGEST_MAX];
    char small[8], large[TUS_METADATA_MAX];
    size_t n = 0, m = 0;
    bool ok = tus_metadata_ok(header);
    bool fits = tus_metadata_get(header, PAL_STR("filename"), small, sizeof small, &n);
    bool there = tus_metadata_get(header, PAL_STR("filename"), large, sizeof large, &m);
    if ((fits && n > sizeof small) || (there && m > sizeof large) ||
        (ok && fits && (!there || n != m)))
        __builtin_trap();
    (void)tus_checksum_parse(header, digest);
    return 0;
}

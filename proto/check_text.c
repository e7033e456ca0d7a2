/* Rules about single texts: characters, addresses, UUIDs, times, ids as keys. No allocation, no
 * state. */
#include "proto/check_text.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/limits.h"

const char *pal_check_characters(struct pal_str s, bool multiline)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool c0 = c < 0x20 && !(multiline && (c == '\n' || c == '\t'));
        /* C1 is U+0080 to U+009F: C2 80 to C2 9F */
        bool c1 = c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0;
        if (c0 || c == 0x7F || c1)
            return multiline ? "must not contain control characters other than line feed and tab"
                             : "must not contain control characters";
    }
    return NULL;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_local_part(struct pal_str s)
{
    if (s.n == 0 || s.n > 64)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\0' || (!is_alnum(s.p[i]) && !strchr(".!#$%&'*+/=?^_`{|}~-", s.p[i])))
            return false;
    return true;
}

static bool is_label(struct pal_str s)
{
    if (s.n == 0 || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_alnum(s.p[i]) && s.p[i] != '-')
            return false;
    return true;
}

const char *pal_check_email(struct pal_str s)
{
    struct pal_str local, label;
    struct pal_str domain = pal_str_cut(s, '@', &local);
    bool good = is_local_part(local) && domain.p;
    while (good && domain.p) {
        domain = pal_str_cut(domain, '.', &label);
        good = is_label(label);
    }
    return good ? NULL : "must be an e-mail address";
}

const char *pal_check_uuid(struct pal_str s)
{
    uint8_t bytes[16];
    return pal_uuid_parse(s, bytes) ? NULL : "must be a UUID";
}

const char *pal_check_time(struct pal_str s)
{
    int64_t ms;
    return pal_iso_parse(s, &ms) ? NULL : "must be a time like 2026-01-02T03:04:05Z (RFC 3339)";
}

const char *pal_check_id_key(struct pal_str s)
{
    uint64_t id;
    bool good = s.n > 0 && s.p[0] != '0' && pal_parse_u64(s, &id) && id <= (uint64_t)PAL_ID_MAX;
    return good ? NULL : "must have ids as keys";
}

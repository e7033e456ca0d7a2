/* Which passwords are accepted. The list is searched for the password in lower case and for its
 * core: what remains without up to six digits and signs at either end, because "Dragon2024!" is
 * tried right after "dragon". */
#include "domain/password_rules.h"

#include "domain/common_passwords.h"

enum { PASSWORD_DECORATION_MAX = 6, PASSWORD_WORD_MIN = 4 };

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Bytes of UTF-8 sequences count as letters. */
static bool is_letter(char c)
{
    return (lower(c) >= 'a' && lower(c) <= 'z') || ((unsigned char)c & 0x80);
}

/* The order of the list, with word taken in lower case. */
static int compare(struct pal_str word, struct pal_str listed)
{
    size_t n = word.n < listed.n ? word.n : listed.n;
    for (size_t i = 0; i < n; i++) {
        int d = (int)(unsigned char)lower(word.p[i]) - (int)(unsigned char)listed.p[i];
        if (d != 0)
            return d;
    }
    return word.n < listed.n ? -1 : word.n > listed.n;
}

static struct pal_str listed_word(size_t i)
{
    uint32_t from = common_passwords_offsets[i];
    return (struct pal_str){common_passwords_text + from, common_passwords_offsets[i + 1] - from};
}

static bool is_common(struct pal_str word)
{
    size_t low = 0, high = common_passwords_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int d = compare(word, listed_word(middle));
        if (d == 0)
            return true;
        if (d < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* Without the digits and signs around it; the whole when there are more of them than mere
 * decoration. */
static struct pal_str core_of(struct pal_str s)
{
    size_t from = 0, to = s.n;
    while (from < to && !is_letter(s.p[from]))
        from++;
    while (to > from && !is_letter(s.p[to - 1]))
        to--;
    if (from > PASSWORD_DECORATION_MAX || s.n - to > PASSWORD_DECORATION_MAX ||
        to - from < PASSWORD_WORD_MIN)
        return s;
    return (struct pal_str){s.p + from, to - from};
}

static bool is_sequence(struct pal_str s)
{
    int step = lower(s.p[1]) - lower(s.p[0]);
    if (step < -1 || step > 1)
        return false;
    for (size_t i = 2; i < s.n; i++)
        if (lower(s.p[i]) - lower(s.p[i - 1]) != step)
            return false;
    return true;
}

static bool is_decoration(struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (is_letter(s.p[i]))
            return false;
    return s.n <= PASSWORD_DECORATION_MAX;
}

/* The word itself can begin or end with digits, so it is looked for in its places. */
static bool is_decorated(struct pal_str password, struct pal_str word)
{
    for (size_t at = 0; at + word.n <= password.n && at <= PASSWORD_DECORATION_MAX; at++) {
        struct pal_str before = {password.p, at}, here = {password.p + at, word.n};
        struct pal_str after = {here.p + word.n, password.n - at - word.n};
        if (pal_str_caseeq(here, word) && is_decoration(before) && is_decoration(after))
            return true;
    }
    return false;
}

static bool is_own(struct pal_str password, const struct pal_str *own, size_t n_own)
{
    for (size_t i = 0; i < n_own; i++)
        if (own[i].n >= PASSWORD_WORD_MIN && is_decorated(password, own[i]))
            return true;
    return false;
}

enum password_fault password_check(struct pal_str password, const struct pal_str *own, size_t n_own)
{
    if (pal_utf8_length(password) < PASSWORD_MIN_CHARS)
        return PASSWORD_SHORT;
    if (password.n > PASSWORD_MAX_BYTES)
        return PASSWORD_LONG;
    struct pal_str core = core_of(password);
    if (is_own(password, own, n_own))
        return PASSWORD_PERSONAL;
    if (is_sequence(password))
        return PASSWORD_SEQUENCE;
    return is_common(password) || is_common(core) ? PASSWORD_COMMON : PASSWORD_GOOD;
}

const char *password_fault_text(enum password_fault fault)
{
    switch (fault) {
    case PASSWORD_SHORT:
        return "must have at least 8 characters";
    case PASSWORD_LONG:
        return "must have at most 1024 bytes";
    case PASSWORD_COMMON:
        return "is among the passwords that are tried first; take several words, or let a program "
               "make one";
    case PASSWORD_SEQUENCE:
        return "is a plain sequence of characters";
    case PASSWORD_PERSONAL:
        return "is made of your own name or address";
    case PASSWORD_GOOD:
        break;
    }
    return "is fine";
}

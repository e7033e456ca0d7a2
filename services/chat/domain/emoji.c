/* Finding an emoji in the list: emoji.h. The list has each in full; whatever variation selectors
 * are there or are missing, on either side, the comparison passes over them. */
#include "domain/emoji.h"

#include "domain/emoji_list.h"

/* U+FE0E (as text) and U+FE0F (as an emoji) in UTF-8. */
static bool is_selector(struct pal_str s)
{
    return s.n >= 3 && (unsigned char)s.p[0] == 0xef && (unsigned char)s.p[1] == 0xb8 &&
           ((unsigned char)s.p[2] == 0x8e || (unsigned char)s.p[2] == 0x8f);
}

/* The next byte that counts, or -1 at the end. */
static int next(struct pal_str *s)
{
    while (is_selector(*s)) {
        s->p += 3;
        s->n -= 3;
    }
    if (s->n == 0)
        return -1;
    s->n--;
    return (unsigned char)*s->p++;
}

static int compare(struct pal_str a, struct pal_str b)
{
    int x, y;
    do {
        x = next(&a);
        y = next(&b);
    } while (x == y && x >= 0);
    return x - y;
}

static struct pal_str listed(size_t i)
{
    return (struct pal_str){emoji_text + emoji_offsets[i],
                            (size_t)(emoji_offsets[i + 1] - emoji_offsets[i])};
}

static bool find(struct pal_str text, struct pal_str *out)
{
    size_t low = 0, high = emoji_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int d = compare(text, listed(middle));
        if (d == 0) {
            *out = listed(middle);
            return true;
        }
        if (d < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+';
}

bool emoji_name_valid(struct pal_str name)
{
    if (name.n == 0 || name.n > EMOJI_NAME_MAX || !is_word(name.p[0]))
        return false;
    for (size_t i = 1; i < name.n; i++)
        if (!is_word(name.p[i]) && name.p[i] != '_' && name.p[i] != '-')
            return false;
    return true;
}

enum emoji_kind emoji_read(struct pal_str text, struct pal_str *out)
{
    if (text.n >= 2 && text.p[0] == ':' && text.p[text.n - 1] == ':') {
        struct pal_str name = {text.p + 1, text.n - 2};
        if (!emoji_name_valid(name))
            return EMOJI_NONE;
        *out = name;
        return EMOJI_CUSTOM;
    }
    return find(text, out) ? EMOJI_UNICODE : EMOJI_NONE;
}

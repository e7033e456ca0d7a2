/* Finds the names behind an @: mentions.h. One pass over the text. */
#include "domain/mentions.h"

#include "domain/code.h"

/* ASCII letters, digits and whatever is not ASCII. */
static bool is_word(char c)
{
    unsigned char u = (unsigned char)c;
    return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') || u >= 0x80;
}

static bool is_joiner(char c)
{
    return c == '.' || c == '-' || c == '_';
}

/* Is the character before `at` part of a word? Of what is not ASCII the signs that may stand before
 * a word are not: no-break space, inverted marks and guillemets (U+00A0, U+00A1, U+00AB, U+00BB,
 * U+00BF), U+2000 to U+207F and U+3000 to U+303F. */
static bool within_word(struct pal_str text, size_t at)
{
    if (at == 0 || !is_word(text.p[at - 1]))
        return false;
    const unsigned char *u = (const unsigned char *)text.p + at;
    if (at >= 2 && u[-2] == 0xc2)
        return !(u[-1] == 0xa0 || u[-1] == 0xa1 || u[-1] == 0xab || u[-1] == 0xbb || u[-1] == 0xbf);
    if (at < 3)
        return true;
    return !((u[-3] == 0xe2 && (u[-2] & 0xfe) == 0x80) || (u[-3] == 0xe3 && u[-2] == 0x80));
}

/* Length of the name at `at`: words held together by single or repeated joiners. */
static size_t name_length(struct pal_str text, size_t at)
{
    size_t n = 0;
    while (at + n < text.n && (is_word(text.p[at + n]) || is_joiner(text.p[at + n])))
        n++;
    return n;
}

static size_t add(struct pal_str names[MENTIONS_MAX], size_t count, struct pal_str name)
{
    if (count < MENTIONS_MAX && name.n > 0 && name.n <= MENTION_NAME_MAX)
        names[count++] = name;
    return count;
}

/* "@ana." names ana, or someone who is called "ana." */
static size_t add_readings(struct pal_str names[MENTIONS_MAX], size_t count, struct pal_str name)
{
    size_t all = name.n;
    while (name.n > 0 && is_joiner(name.p[name.n - 1]))
        name.n--;
    count = add(names, count, name);
    if (name.n > 0 && name.n < all)
        count = add(names, count, (struct pal_str){name.p, all});
    return count;
}

size_t mentions_scan(struct pal_str text, struct pal_str names[MENTIONS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < text.n;) {
        if (text.p[i] == '`') {
            i = code_skip(text, i);
            continue;
        }
        bool starts = text.p[i] == '@' && !within_word(text, i);
        i++;
        if (!starts)
            continue;
        size_t n = name_length(text, i);
        count = add_readings(names, count, (struct pal_str){text.p + i, n});
        i += n;
    }
    return count;
}

static const char *const all_of_channel[] = {"channel", "all", "canal", "todos"};
static const char *const all_here[] = {"here", "aqui", "aqu\xc3\xad", "aqu\xc3\x8d"};
enum { WORDS = sizeof all_of_channel / sizeof *all_of_channel };

static bool is_one_of(const char *const *words, struct pal_str name)
{
    for (size_t i = 0; i < WORDS; i++)
        if (pal_str_caseeq(pal_str_of(words[i]), name))
            return true;
    return false;
}

struct pal_str mentions_everyone(const struct pal_str *names, size_t n)
{
    struct pal_str found = {NULL, 0};
    for (size_t i = 0; i < n; i++) {
        if (is_one_of(all_of_channel, names[i]))
            return PAL_STR("channel");
        if (is_one_of(all_here, names[i]))
            found = PAL_STR("here");
    }
    return found;
}

bool mention_is_reserved(struct pal_str name)
{
    return is_one_of(all_of_channel, name) || is_one_of(all_here, name);
}

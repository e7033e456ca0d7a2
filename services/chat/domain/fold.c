/* Characters: fold.h. */
#include "domain/fold.h"

struct range {
    uint32_t first, last;
};

/* Sorted. What is not in these lists and not ASCII is part of words. */
static const struct range gaps[] = {
    {0x80, 0xA9},     {0xAB, 0xB1},     {0xB4, 0xB4},       {0xB6, 0xB8},       {0xBB, 0xBF},
    {0xD7, 0xD7},     {0xF7, 0xF7},     {0x2C2, 0x2DF},     {0x37E, 0x37E},     {0x387, 0x387},
    {0x55A, 0x55F},   {0x589, 0x58F},   {0x5BE, 0x5BE},     {0x5C0, 0x5C0},     {0x5C3, 0x5C3},
    {0x5F3, 0x5F4},   {0x600, 0x60F},   {0x61B, 0x61F},     {0x66A, 0x66D},     {0x6D4, 0x6D4},
    {0x6DD, 0x6DE},   {0x964, 0x965},   {0xE3F, 0xE3F},     {0x10FB, 0x10FB},   {0x2000, 0x206F},
    {0x20A0, 0x20CF}, {0x2190, 0x25FF}, {0x27C0, 0x2BFF},   {0x2E00, 0x2E7F},   {0x2FF0, 0x3004},
    {0x3008, 0x3020}, {0x3030, 0x3030}, {0x303D, 0x303F},   {0x30FB, 0x30FB},   {0xD800, 0xF8FF},
    {0xFE00, 0xFE1F}, {0xFE30, 0xFE6F}, {0xFEFF, 0xFF0F},   {0xFF1A, 0xFF20},   {0xFF3B, 0xFF40},
    {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1F3FB, 0x1F3FF}, {0xE0000, 0x10FFFF}};
/* Thai to Myanmar, Khmer, kana, Han, Hangul. */
static const struct range dense[] = {
    {0xE01, 0xEFF},   {0x1000, 0x109F}, {0x1780, 0x17FF},  {0x3005, 0x3007}, {0x3021, 0x302F},
    {0x3031, 0x303C}, {0x3040, 0x30FA}, {0x30FC, 0x31FF},  {0x3400, 0x9FFF}, {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF}, {0xFF66, 0xFF9F}, {0x20000, 0x3FFFF}};
static const struct range signs[] = {{0x2600, 0x27BF}, {0x1F000, 0x1F3FA}, {0x1F400, 0x1FAFF}};

static bool is_in(uint32_t c, const struct range *ranges, size_t n)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && c >= ranges[low].first;
}
#define IS_IN(c, list) is_in((c), (list), sizeof(list) / sizeof *(list))

static bool is_ascii_word(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

enum fold_kind fold_kind(uint32_t c)
{
    if (c < 0x80)
        return is_ascii_word(c) ? FOLD_WORD : FOLD_GAP;
    if (IS_IN(c, gaps))
        return FOLD_GAP;
    if (IS_IN(c, dense))
        return FOLD_DENSE;
    return IS_IN(c, signs) ? FOLD_SIGN : FOLD_WORD;
}

bool fold_is_upper(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
           (c >= 0x391 && c <= 0x3A9) || (c >= 0x400 && c <= 0x42F);
}

uint32_t fold_lower(uint32_t c)
{
    if (c < 0xDF && fold_is_upper(c))
        return c + 0x20;
    return c < 0x100 ? c : fold_char(c);
}

uint32_t fold_char(uint32_t c)
{
    size_t low = 0, high = fold_runs_count;
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > fold_runs[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    const struct fold_run *r = &fold_runs[low];
    if (low == fold_runs_count || c < r->first || (c - r->first) % r->step != 0)
        return c;
    return r->constant ? r->to : r->to + (c - r->first);
}

const char *fold_pair(uint32_t c)
{
    switch (c) {
    case 0xDF:
    case 0x1E9E:
        return "ss";
    case 0xC6:
    case 0xE6:
        return "ae";
    case 0x152:
    case 0x153:
        return "oe";
    case 0xDE:
    case 0xFE:
        return "th";
    case 0x132:
    case 0x133:
        return "ij";
    default:
        return NULL;
    }
}

/* Bytes of the sequence that begins with this one; 0: none does. */
static size_t length_of(unsigned char first)
{
    return first < 0x80   ? 1
           : first < 0xC2 ? 0
           : first < 0xE0 ? 2
           : first < 0xF0 ? 3
           : first < 0xF5 ? 4
                          : 0;
}

uint32_t fold_next(struct pal_str text, size_t *at)
{
    static const uint32_t first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned char first = (unsigned char)text.p[*at];
    size_t n = length_of(first);
    bool whole = n > 0 && n <= text.n - *at;
    uint32_t c = first & first_bits[n];
    for (size_t i = 1; whole && i < n; i++) {
        unsigned char more = (unsigned char)text.p[*at + i];
        whole = (more & 0xC0) == 0x80;
        c = c << 6 | (more & 0x3F);
    }
    *at += whole ? n : 1;
    return whole ? c : ' ';
}

size_t fold_put(char *to, uint32_t c)
{
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        to[i] = (char)(0x80 | (c & 0x3F));
    to[0] = (char)(marks[n] | c);
    return n;
}

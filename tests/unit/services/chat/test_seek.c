#include "domain/excerpt.h"
#include "domain/seek.h"
#include "domain/walk.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct stemmers stemmers;
static struct pal_buf text;

static void set_up(void)
{
    cr_assert(stemmers_init(&stemmers));
    pal_buf_init(&text, 1 << 20);
}

static void tear_down(void)
{
    stemmers_fini(&stemmers);
    pal_buf_fini(&text);
}

TestSuite(seek, .init = set_up, .fini = tear_down);
TestSuite(walk, .init = set_up, .fini = tear_down);

static bool make(const char *q, struct seek *seek)
{
    struct query query;
    struct query_fault fault;
    cr_assert_eq(query_parse(pal_str_of(q), 0, &query, &fault), QUERY_OK);
    return seek_make(&stemmers, &query, seek);
}

static void expect(const char *q, const char *wanted)
{
    struct seek seek;
    cr_assert(make(q, &seek));
    pal_buf_clear(&text);
    seek_tsquery(&seek, SEEK_ALL, &text);
    cr_assert_str_eq(text.n ? text.p : "", wanted, "%s is %s", q, text.p);
}

Test(seek, asks_for_words_and_their_stems)
{
    expect("sol-", "((('sol':*|'=sol')))");
    expect("canciones ", "((('canciones':*|'=canciones'|'cancion'|'=cancion')))");
    expect("mi x2", "((('mi'|'=mi'))) & ((('x2'|'=x2'))|(('x'|'=x')<->('2'|'=2')))");
    expect("sol -gris", "((('sol'|'=sol'))) & !((('gris'|'=gris')))");
}

Test(seek, asks_for_phrases_as_they_stand)
{
    expect("\"las canciones\"", "((('las')<->('canciones')))");
    expect("\"\" \"...\" sol*", "((('sol':*)))");
    expect("foo.sol x", "((('foo'|'=foo')<->('sol'|'=sol'))) & ((('x'|'=x')))");
}

Test(seek, reads_camel_case_in_two_ways)
{
    expect("\"getIt x\"", "((('getit')<->('x'))|(('get')<->('it')<->('x')))");
}

Test(seek, asks_for_pairs)
{
    expect("\"\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd\"",
           "((('\xe6\x9d\xb1\xe4\xba\xac')<->('\xe4\xba\xac\xe9\x83\xbd')))");
    expect("\xe6\x9d\xb1", "((('\xe6\x9d\xb1':*)))");
    expect("\"\xe6\x9d\xb1\xe4\xba\xac x\"",
           "((('\xe6\x9d\xb1\xe4\xba\xac')<->('\xe4\xba\xac')<->('x')))");
    expect("\xf0\x9f\x8e\x89", "((('\xf0\x9f\x8e\x89')))");
    expect("\xcc\x81", "");
}

Test(seek, tells_prefixes_from_the_rest)
{
    struct seek seek;
    cr_assert(make("pan sol* -lu* vino", &seek));
    cr_assert(seek_has_prefix(&seek, false));
    cr_assert_eq(seek.n_wanted, 3);
    cr_assert(seek_tsquery(&seek, SEEK_NO_PREFIXES, &text));
    cr_assert_str_eq(text.p, "((('pan'|'=pan')))");
    pal_buf_clear(&text);
    seek_tsquery_wanted(&seek, &text);
    cr_assert(strstr(text.p, " | ") && !strstr(text.p, "lu"));
    cr_assert(make("-so* \"vino\"", &seek));
    cr_assert(!seek_has_prefix(&seek, false) && seek_has_prefix(&seek, true));
    pal_buf_clear(&text);
    cr_assert(seek_tsquery(&seek, SEEK_NO_MISSING_PREFIXES, &text));
    cr_assert_str_eq(text.p, "((('vino')))");
    pal_buf_clear(&text);
    cr_assert(make("-so vi*", &seek));
    cr_assert(seek_tsquery(&seek, SEEK_NO_MISSING_PREFIXES, &text));
    cr_assert_str_eq(text.p, "!((('so'|'=so'))) & ((('vi':*)))");
    pal_buf_clear(&text);
    cr_assert(make("-gris sol*", &seek));
    cr_assert(!seek_tsquery(&seek, SEEK_NO_PREFIXES, &text), "nothing that is to be there");
    cr_assert_str_eq(text.p, "!((('gris'|'=gris')))");
}

/* The prefix that is the last element stands for these words. */
static const char *by_words(struct seek *seek, const char *q, const struct pal_str *words, size_t n)
{
    cr_assert(make(q, seek));
    struct seek_element *e = &seek->elements[seek->n_elements - 1];
    e->words = words;
    e->n_words = n;
    pal_buf_clear(&text);
    seek_tsquery(seek, SEEK_ALL, &text);
    return text.p;
}

Test(seek, asks_for_the_words_that_begin_so_when_they_are_known)
{
    static const struct pal_str words[] = {{"sol", 3}, {"soles", 5}};
    struct seek seek;
    cr_assert_str_eq(by_words(&seek, "pan sol", words, 2),
                     "((('pan'|'=pan'))) & ((('sol'|'soles'|'=sol')))");
    cr_assert(!seek_has_prefix(&seek, false));
    pal_buf_clear(&text);
    cr_assert(seek_tsquery(&seek, SEEK_NO_PREFIXES, &text));
    cr_assert(strstr(text.p, "'soles'"), "nothing is a prefix any more");
    pal_buf_clear(&text);
    seek_tsquery_wanted(&seek, &text);
    cr_assert(strstr(text.p, "'sol':*"), "the rank of a message is the same");
    cr_assert_str_eq(by_words(&seek, "sol*", words, 2), "((('sol'|'soles')))");
    cr_assert_str_eq(by_words(&seek, "sol*", words, 0), "((('sol')))");
    cr_assert_str_eq(by_words(&seek, "-sol*", words, 2), "!((('sol'|'soles')))");
    cr_assert_eq(seek_prefix(&seek, &seek.elements[0]).n, 3);
    cr_assert(make("x2sol", &seek));
    for (size_t i = 0; i < seek.n_elements; i++)
        cr_assert_eq(seek_prefix(&seek, &seek.elements[i]).n, i == 0 ? 5 : i == 3 ? 3 : 0);
    seek.elements[0].words = words;
    cr_assert(seek_has_prefix(&seek, false), "as its parts it still has one");
}

/* A phrase of n times the word. */
static const char *repeated(const char *word, size_t n)
{
    pal_buf_clear(&text);
    pal_buf_char(&text, '"');
    for (size_t i = 0; i < n; i++)
        pal_buf_z(&text, word);
    pal_buf_char(&text, '"');
    return text.p;
}

Test(seek, has_an_end)
{
    struct seek seek;
    cr_assert(!make(repeated("a ", SEEK_ELEMENTS_MAX + 1), &seek));
    cr_assert(make(repeated("a ", SEEK_ELEMENTS_MAX), &seek));
    cr_assert(!make(repeated("aB ", 50), &seek));
    pal_buf_clear(&text);
    for (size_t i = 0; i < 7; i++)
        pal_buf_z(&text, "x ");
    cr_assert(make(text.p, &seek));
}

Test(seek, stores_words_with_their_positions)
{
    seek_tsvector(&stemmers, PAL_STR("Las canciones"), &text);
    cr_assert_str_eq(text.p, "'las':1 'canciones':2 '=cancion':2 ");
}

static void expect_ranges(const char *q, const char *content, const char *wanted)
{
    struct seek seek;
    struct seek_range ranges[SEEK_RANGES_MAX];
    char got[4096] = "";
    size_t at = 0;
    cr_assert(make(q, &seek));
    size_t n = seek_ranges(&stemmers, &seek, pal_str_of(content), ranges);
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(got + at, sizeof got - at, "%.*s|",
                               (int)(ranges[i].end - ranges[i].begin), content + ranges[i].begin);
    cr_assert_str_eq(got, wanted, "%s in %s: %s", q, content, got);
}

Test(seek, finds_again_what_the_index_found)
{
    expect_ranges("cancion", "las Canciones y una canci\xc3\xb3n", "Canciones|canci\xc3\xb3n|");
    expect_ranges("\"be to\"", "to be to be", "be|to|");
    expect_ranges("\"to be\"", "be to to be", "to|be|");
    expect_ranges("username", "x getUserName y", "UserName|");
    expect_ranges("getUserName user", "getUserName", "getUserName|");
    expect_ranges("user getUserName", "getUserName", "getUserName|");
    expect_ranges("sol* -luna", "soles luna", "soles|");
    expect_ranges("\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd",
                  "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd\xe4\xba\xac",
                  "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd|");
    expect_ranges("b a", "a b", "a|b|");
    expect_ranges("\xe4\xba\xac\xe9\x83\xbd \xe6\x9d\xb1\xe4\xba\xac",
                  "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd", "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd|");
    expect_ranges("nada", "todo", "");
}

Test(seek, marks_no_more_than_anybody_looks_at)
{
    struct seek seek;
    struct seek_range ranges[SEEK_RANGES_MAX];
    cr_assert(make("a \"a b\"", &seek));
    for (size_t i = 0; i < 600; i++)
        pal_buf_z(&text, "a b ");
    cr_assert_eq(seek_ranges(&stemmers, &seek, pal_buf_view(&text), ranges), SEEK_RANGES_MAX);
    pal_buf_clear(&text);
    for (size_t i = 0; i < 7000; i++)
        pal_buf_z(&text, "c ");
    pal_buf_z(&text, "a");
    cr_assert_eq(seek_ranges(&stemmers, &seek, pal_buf_view(&text), ranges), 0);
}

Test(seek, shows_the_piece_around_the_first_match)
{
    const struct seek_range far = {1000, 1005}, near = {50, 55};
    struct seek_range whole = excerpt_of(PAL_STR("short"), NULL, 0);
    cr_assert(whole.begin == 0 && whole.end == 5);
    for (size_t i = 0; i < 300; i++)
        pal_buf_z(&text, "\xe6\x9d\xb1 \xe4\xba\xac");
    struct seek_range r = excerpt_of(pal_buf_view(&text), &far, 1);
    cr_assert(r.begin > 899 && r.begin < 1000 && text.p[r.begin - 1] == ' ');
    cr_assert(r.end > 1005 && r.end - r.begin <= EXCERPT_BYTES &&
              ((unsigned char)text.p[r.end] & 0xC0) != 0x80);
    r = excerpt_of(pal_buf_view(&text), &near, 1);
    cr_assert(r.begin == 0 && r.end <= EXCERPT_BYTES);
    pal_buf_clear(&text);
    for (size_t i = 0; i < 402; i++)
        pal_buf_z(&text, "\xc3\xb1");
    const struct seek_range late = {801, 803};
    r = excerpt_of(pal_buf_view(&text), &late, 1);
    cr_assert(r.begin == 702 && r.end == 804);
}

static void expect_blocks(int64_t from, int64_t to, const char *wanted)
{
    const struct walk_range r = {from, to};
    pal_buf_clear(&text);
    walk_tsquery(&r, &text);
    cr_assert_str_eq(text.p, wanted, "%s", text.p);
}

Test(walk, names_ranges_by_the_largest_blocks_in_them)
{
    expect_blocks(0, 1, "':x0'");
    expect_blocks(5000, 9000, "':x1'|':x2'");
    expect_blocks(0, 65536, "':y0'");
    expect_blocks(61440, 131073, "':x15'|':y1'|':x32'");
    expect_blocks(1048576, 2097152, "':z1'");
}

Test(walk, gives_a_message_its_blocks)
{
    walk_tsvector(1118481, &text);
    cr_assert_str_eq(text.p, "':x273' ':y17' ':z1' ");
}

Test(walk, goes_down_to_the_floor_and_misses_nothing)
{
    struct walk w;
    struct walk_range r;
    int64_t at = 10000000, steps = 0;
    walk_begin(&w, 4999, at);
    for (; walk_next(&w, &r); steps++) {
        cr_assert_eq(r.to, at);
        cr_assert_lt(r.from, r.to);
        at = r.from;
        walk_learn(&w, &r, 0, 0, 20);
    }
    cr_assert_eq(at, 4999);
    cr_assert_leq(steps, 5);
    walk_begin(&w, 10, 10);
    cr_assert(!walk_next(&w, &r));
}

Test(walk, takes_all_that_is_left_when_that_is_little_more)
{
    struct walk w;
    struct walk_range r;
    walk_begin(&w, 4999, 1000000);
    cr_assert(walk_next(&w, &r));
    walk_learn(&w, &r, 1, 1, 55);
    cr_assert(walk_next(&w, &r));
    cr_assert_eq(r.from, 4999);
    walk_begin(&w, 4999, 1000000);
    cr_assert(walk_next(&w, &r));
    walk_learn(&w, &r, 100, 1, 55);
    cr_assert(walk_next(&w, &r));
    cr_assert_gt(r.from, 800000, "rows of all of it would be too many");
}

Test(walk, takes_smaller_ranges_where_there_is_much)
{
    struct walk w;
    struct walk_range r;
    walk_begin(&w, 0, 10000000);
    cr_assert(walk_next(&w, &r));
    walk_learn(&w, &r, 8000, 0, 20);
    cr_assert_eq(w.size, 4096);
    walk_learn(&w, &r, 1, 1, 20);
    cr_assert_gt(w.size, 16 * 4096 - 1);
    walk_learn(&w, &r, 100, 100, 20);
    cr_assert_lt(w.size, 8192);
}

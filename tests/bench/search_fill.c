/* Many messages with words in them, as rows for COPY: search_fill message|index ORG FIRST_ID COUNT
 * CHANNELS USERS, where CHANNELS and USERS are the first id and how many ("7+2000"). What it says
 * depends on its arguments only, so that the rows of the message and those of the index fit
 * together. The index's are made by the suite's own code.
 *
 * Words follow Zipf's law over 200,000: the most frequent are real ones, Spanish and English, the
 * others made of syllables, with the endings of both; every 40th is an identifier, every 50th
 * message has a link. */
#include "domain/seek.h"
#include "domain/walk.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { VOCABULARY = 200000, LONGEST = 60, MONTHS_S = 5184000 };

static const char *const common[] = {
    "de",      "the",     "la",      "to",      "que",     "and",     "el",     "a",       "en",
    "of",      "y",       "is",      "los",     "in",      "se",      "it",     "del",     "for",
    "las",     "on",      "por",     "that",    "un",      "we",      "con",    "this",    "para",
    "be",      "una",     "with",    "no",      "you",     "es",      "have",   "al",      "are",
    "lo",      "not",     "como",    "at",      "más",     "can",     "pero",   "will",    "sus",
    "if",      "le",      "from",    "ya",      "but",     "este",    "what",   "sí",      "all",
    "porque",  "there",   "esta",    "would",   "entre",   "when",    "cuando", "about",   "muy",
    "which",   "sin",     "do",      "sobre",   "they",    "también", "so",     "me",      "or",
    "hasta",   "one",     "hay",     "new",     "donde",   "time",    "quien",  "up",      "desde",
    "out",     "todo",    "our",     "nos",     "team",    "durante", "work",   "todos",   "should",
    "reunión", "meeting", "cliente", "project", "informe", "release", "mañana", "deploy",  "equipo",
    "please",  "gracias", "thanks",  "código",  "test",    "error",   "server", "versión", "issue"};
static const char *const syllables[] = {"ba",  "co",  "di",  "fer", "gan", "ho",  "jar", "ki",
                                        "lom", "mes", "nu",  "pa",  "que", "ri",  "so",  "tan",
                                        "u",   "ver", "wi",  "xa",  "yer", "zo",  "bri", "cla",
                                        "dor", "est", "fli", "gro", "in",  "ple", "tra", "scho"};
static const char *const endings[] = {"",   "",      "",   "s",   "es", "ción", "ciones", "ing",
                                      "ed", "mente", "ar", "ado", "ly", "er",   "ando",   "ería"};

static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * UINT64_C(2685821657736338717);
}

static double uniform(void)
{
    return (double)(next_random() >> 11) / 9007199254740992.0;
}

static size_t put(char *to, size_t room, const char *text)
{
    size_t n = strlen(text);
    n = n < room ? n : room;
    memcpy(to, text, n);
    return n;
}

static size_t put_word(char *to, size_t room, size_t rank)
{
    const size_t n_common = sizeof common / sizeof *common, n_syllables = 32;
    size_t n = 0, rest = rank * 7919 % (n_syllables * n_syllables * n_syllables) + rank;
    if (rank < n_common)
        return put(to, room, common[rank]);
    for (; rest > 0; rest /= n_syllables)
        n += put(to + n, room - n, syllables[rest % n_syllables]);
    return n + put(to + n, room - n, endings[rank % 16]);
}

static size_t zipf(void)
{
    return (size_t)(exp(uniform() * log(VOCABULARY + 1.0)) - 1.0);
}

static struct pal_str make_content(int64_t id, char *to, size_t room)
{
    size_t n = 0;
    state = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15) + 88172645463325252U;
    size_t words = 3 + (size_t)(-9.0 * log(1.0 - uniform() * 0.9999));
    for (size_t i = 0; i < words && i < LONGEST && n + 200 < room; i++) {
        bool identifier = next_random() % 40 == 0;
        n += put(to + n, room - n, i > 0 ? " " : "");
        n += put_word(to + n, room - n, zipf());
        if (identifier) {
            to[n++] = next_random() % 2 ? '_' : '.';
            n += put_word(to + n, room - n, zipf());
        }
    }
    if (next_random() % 50 == 0)
        n += (size_t)snprintf(to + n, room - n, " https://example.org/%u",
                              (unsigned)(next_random() % 10000));
    return (struct pal_str){to, n};
}

struct span {
    int64_t first, count;
};

static int64_t number_of(struct pal_str text)
{
    int64_t n = 0;
    return pal_parse_i64(text, &n) ? n : 0;
}

static struct span span_of(const char *text)
{
    struct pal_str first, count = pal_str_cut(pal_str_of(text), '+', &first);
    return (struct span){number_of(first), count.p ? number_of(count) : 1};
}

/* Some channels have far more messages than others; two months, one message after the other. */
struct row {
    int64_t id, channel, user;
    char at[32];
    struct pal_str content;
};

static void set_time(struct row *r, time_t at)
{
    struct tm tm;
    strftime(r->at, sizeof r->at, "%F %T+00", gmtime_r(&at, &tm));
}

static void put_message(const struct row *r)
{
    printf("%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\tb%" PRId64 "\t%.*s\t%08" PRIx64
           "-0000-4000-8000-%012" PRIx64 "\t%s\n",
           r->id, r->channel, 1000 + r->id, r->user, r->user, (int)r->content.n, r->content.p,
           (uint64_t)r->id * 2654435761U & 0xFFFFFFFF, (uint64_t)r->id, r->at);
}

static void put_index(const struct row *r, int64_t org, struct stemmers *stemmers,
                      struct pal_buf *b)
{
    pal_buf_clear(b);
    pal_buf_printf(b,
                   "%" PRId64 "\t%" PRId64 "\t%s\t':c%" PRId64 "' ':o%" PRId64 "' ':u%" PRId64 "' ",
                   r->id, r->channel, r->at, r->channel, org, r->user);
    if (query_has_link(r->content))
        pal_buf_z(b, "':hlink' ");
    walk_tsvector(r->id, b);
    seek_tsvector(stemmers, r->content, b);
    pal_buf_char(b, '\n');
    fwrite(b->p, 1, b->n, stdout);
}

int main(int argc, char **argv)
{
    static char text[8192];
    struct stemmers stemmers;
    struct pal_buf b;
    if (argc != 7 || !stemmers_init(&stemmers))
        return 2;
    int64_t org = number_of(pal_str_of(argv[2])), first = number_of(pal_str_of(argv[3])),
            count = number_of(pal_str_of(argv[4]));
    struct span channels = span_of(argv[5]), users = span_of(argv[6]);
    pal_buf_init(&b, 1 << 20);
    for (int64_t i = 0; i < count; i++) {
        struct row r = {.id = first + i, .content = make_content(first + i, text, sizeof text)};
        double u = uniform();
        r.channel = channels.first + (int64_t)(u * u * (double)channels.count);
        r.user = users.first + (int64_t)(uniform() * (double)users.count);
        set_time(&r, time(NULL) - MONTHS_S * (count - i) / count);
        if (argv[1][0] == 'm')
            put_message(&r);
        else
            put_index(&r, org, &stemmers, &b);
    }
    pal_buf_fini(&b);
    stemmers_fini(&stemmers);
    return fflush(stdout) == 0 ? 0 : 1;
}

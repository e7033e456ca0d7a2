/* What kind of character one is, and what it is without case and accents. Pure; the table is in
 * fold_table.c. */
#ifndef CHAT_DOMAIN_FOLD_H
#define CHAT_DOMAIN_FOLD_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* first, first + step, … last become `to` (constant), or to, to + step, … */
struct fold_run {
    uint16_t first, last, to;
    uint8_t step, constant;
};
extern const struct fold_run fold_runs[];
extern const size_t fold_runs_count;

enum fold_kind {
    FOLD_GAP,   /* between words */
    FOLD_WORD,  /* letters, digits, marks */
    FOLD_DENSE, /* of a script that puts no blanks between words: each pair of them is looked for */
    FOLD_SIGN   /* emoji: a word by itself */
};
enum fold_kind fold_kind(uint32_t c);
bool fold_is_upper(uint32_t c);
/* Lower case, accents as they are (Latin-1 only; others lose them). */
uint32_t fold_lower(uint32_t c);
/* Without case and accents; 0: it is a mark, and dropped. */
uint32_t fold_char(uint32_t c);
/* Two letters that stand for one (ß: ss), or NULL. */
const char *fold_pair(uint32_t c);

/* The character at `at`, which is moved behind it. Bytes that are not UTF-8 are gaps, one by one.
 */
uint32_t fold_next(struct pal_str text, size_t *at);
/* Writes it as UTF-8; how many bytes, at most 4. */
size_t fold_put(char *to, uint32_t c);

#endif

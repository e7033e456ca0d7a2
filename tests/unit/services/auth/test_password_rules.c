#include "domain/common_passwords.h"
#include "domain/password_rules.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct pal_str own[] = {
    {"ana.garcia", sizeof "ana.garcia" - 1},
    {"ana.garcia@empresa.com", sizeof "ana.garcia@empresa.com" - 1},
    {"empresa", sizeof "empresa" - 1},
    {"ana", sizeof "ana" - 1}};

static enum password_fault check(const char *password)
{
    return password_check(pal_str_of(password), own, sizeof own / sizeof *own);
}

Test(password_rules, takes_several_words)
{
    cr_assert_eq(check("correct horse battery"), PASSWORD_GOOD);
    cr_assert_eq(check("correct-horse-battery-7"), PASSWORD_GOOD);
    cr_assert_eq(check("kD8$w!qz2"), PASSWORD_GOOD);
}

Test(password_rules, counts_characters_and_not_bytes)
{
    cr_assert_eq(check("ñandú77"), PASSWORD_SHORT);
    cr_assert_eq(check("ñandúes!"), PASSWORD_GOOD);
    cr_assert_eq(check(""), PASSWORD_SHORT);
}

Test(password_rules, takes_1024_bytes_and_no_more)
{
    char text[1026];
    for (size_t i = 0; i < 1025; i++)
        text[i] = (char)('a' + (i * 7) % 26);
    cr_assert_eq(password_check((struct pal_str){text, 1024}, NULL, 0), PASSWORD_GOOD);
    cr_assert_eq(password_check((struct pal_str){text, 1025}, NULL, 0), PASSWORD_LONG);
}

Test(password_rules, refuses_what_is_tried_first)
{
    static const char *const words[] = {"password",  "Password",   "PASSWORD1", "qwertyuiop",
                                        "1qaz2wsx",  "contraseña", "iloveyou!", "Dragon2024!",
                                        "123dragon", "bienvenido1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        cr_assert_eq(check(words[i]), PASSWORD_COMMON, "%s", words[i]);
}

Test(password_rules, leaves_a_listed_word_among_many_signs_alone)
{
    cr_assert_eq(check("dragon-84756392"), PASSWORD_GOOD);
    cr_assert_eq(check("%%%%%84dragon"), PASSWORD_GOOD);
}

Test(password_rules, refuses_plain_sequences)
{
    static const char *const words[] = {"zzzzzzzzzzzz", "3456789:;", "ihgfedcba", "aBcDeFgHiJ",
                                        "________"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        cr_assert_eq(check(words[i]), PASSWORD_SEQUENCE, "%s", words[i]);
}

Test(password_rules, refuses_the_persons_own_names)
{
    cr_assert_eq(check("Ana.Garcia"), PASSWORD_PERSONAL);
    cr_assert_eq(check("ana.garcia@empresa.com"), PASSWORD_PERSONAL);
    cr_assert_eq(check("Empresa2024!"), PASSWORD_PERSONAL);
    cr_assert_eq(check("!2024 empresa"), PASSWORD_PERSONAL);
    cr_assert_eq(check("ana-y-su-perro"), PASSWORD_GOOD);
    cr_assert_eq(check("empresa-con-perro"), PASSWORD_GOOD);
    cr_assert_eq(check("empresa84756392"), PASSWORD_GOOD);
    const struct pal_str digits[] = {PAL_STR("47c39df")};
    cr_assert_eq(password_check(PAL_STR("47c39df2024"), digits, 1), PASSWORD_PERSONAL);
}

Test(password_rules, says_why_in_a_sentence)
{
    for (int fault = PASSWORD_GOOD; fault <= PASSWORD_PERSONAL; fault++)
        cr_assert_gt(strlen(password_fault_text((enum password_fault)fault)), 5);
}

Test(password_rules, has_a_sorted_list_of_some_thousand_words)
{
    cr_assert_gt(common_passwords_count, 1000);
    for (size_t i = 0; i < common_passwords_count; i++) {
        cr_assert_lt(common_passwords_offsets[i], common_passwords_offsets[i + 1]);
        struct pal_str word = {common_passwords_text + common_passwords_offsets[i],
                               common_passwords_offsets[i + 1] - common_passwords_offsets[i]};
        if (pal_utf8_length(word) >= PASSWORD_MIN_CHARS)
            cr_assert_neq(password_check(word, NULL, 0), PASSWORD_GOOD, "%.*s", (int)word.n,
                          word.p);
    }
}

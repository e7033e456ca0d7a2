#include "password.h"

#include <criterion/criterion.h>
#include <string.h>

static struct password_hasher *hasher(uint32_t memory, uint32_t time)
{
    struct password_hasher *h = NULL;
    struct pal_error err = {0};
    const struct password_params params = {memory, time, 1};
    cr_assert_eq(password_hasher_new(&params, 2, &h, &err), PAL_OK);
    return h;
}

static bool matches(struct password_hasher *h, const char *encoded, const char *password)
{
    bool match = false;
    struct pal_error err = {0};
    cr_assert_eq(password_verify(h, encoded, pal_str_of(password), &match, &err), PAL_OK);
    return match;
}

Test(password, is_known_again_and_no_other_is)
{
    struct password_hasher *h = hasher(64, 1);
    char encoded[PASSWORD_HASH_MAX];
    struct pal_error err = {0};
    cr_assert_eq(password_hash(h, PAL_STR("correct horse"), encoded, &err), PAL_OK);
    cr_assert_eq(strncmp(encoded, "$argon2id$v=19$m=64,t=1,p=1$", 28), 0);
    cr_assert(matches(h, encoded, "correct horse"));
    cr_assert_not(matches(h, encoded, "Correct horse"));
    cr_assert_not(matches(h, encoded, ""));
    password_hasher_free(h);
}

Test(password, of_nobody_never_matches)
{
    struct password_hasher *h = hasher(64, 1);
    cr_assert_not(matches(h, NULL, "correct horse"));
    password_hasher_free(h);
}

Test(password, too_long_is_not_hashed)
{
    struct password_hasher *h = hasher(64, 1);
    char encoded[PASSWORD_HASH_MAX], text[1025];
    struct pal_error err = {0};
    bool match = true;
    memset(text, 'x', sizeof text);
    cr_assert_eq(password_hash(h, (struct pal_str){text, sizeof text}, encoded, &err), PAL_INVALID);
    cr_assert_eq(password_verify(h, NULL, (struct pal_str){text, sizeof text}, &match, &err),
                 PAL_OK);
    cr_assert_not(match);
    password_hasher_free(h);
}

Test(password, hashes_are_renewed_when_the_parameters_rise)
{
    struct password_hasher *weak = hasher(64, 1), *strong = hasher(128, 2);
    char encoded[PASSWORD_HASH_MAX];
    struct pal_error err = {0};
    cr_assert_eq(password_hash(weak, PAL_STR("correct horse"), encoded, &err), PAL_OK);
    cr_assert_not(password_outdated(weak, encoded));
    cr_assert(password_outdated(strong, encoded));
    cr_assert(matches(strong, encoded, "correct horse"));
    cr_assert_eq(password_hash(strong, PAL_STR("correct horse"), encoded, &err), PAL_OK);
    cr_assert_not(password_outdated(weak, encoded));
    cr_assert(password_outdated(weak, "nonsense"));
    password_hasher_free(weak);
    password_hasher_free(strong);
}

Test(password, a_damaged_hash_is_an_error_and_no_match)
{
    struct password_hasher *h = hasher(64, 1);
    struct pal_error err = {0};
    bool match = false;
    cr_assert_eq(password_verify(h, "$argon2id$v=19$m=64", PAL_STR("x"), &match, &err),
                 PAL_INTERNAL);
    password_hasher_free(h);
}

Test(password, lanes_get_the_memory_that_they_need)
{
    struct password_hasher *h = NULL;
    struct pal_error err = {0};
    const struct password_params params = {8, 1, 4};
    cr_assert_eq(password_hasher_new(&params, 0, &h, &err), PAL_OK);
    password_hasher_free(h);
    password_hasher_free(NULL);
}

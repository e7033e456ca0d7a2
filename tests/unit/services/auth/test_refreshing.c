#include "domain/refreshing.h"

#include <criterion/criterion.h>

enum { NOW = 1000000000 };

static struct refresh_facts fresh(void)
{
    return (struct refresh_facts){.expires_ms = NOW + 1, .account_active = true};
}

Test(refreshing, a_fresh_token_is_good)
{
    struct refresh_facts f = fresh();
    cr_assert_eq(refresh_check(&f, NOW), REFRESH_GOOD);
    cr_assert_eq(refresh_check(&f, NOW + 1), REFRESH_INVALID);
}

Test(refreshing, a_used_one_is_reuse_while_its_session_lives)
{
    struct refresh_facts f = fresh();
    f.used = true;
    cr_assert_eq(refresh_check(&f, NOW), REFRESH_REUSED);
    cr_assert_eq(refresh_check(&f, NOW + 5), REFRESH_REUSED);
    f.session_revoked = true;
    cr_assert_eq(refresh_check(&f, NOW), REFRESH_INVALID);
}

Test(refreshing, the_same_exchange_may_come_again_for_a_while)
{
    struct refresh_facts f = fresh();
    f.used = true;
    f.same_key = true;
    f.used_ms = NOW - REFRESH_AGAIN_MS;
    cr_assert_eq(refresh_check(&f, NOW), REFRESH_AGAIN);
    f.expires_ms = NOW;
    cr_assert_eq(refresh_check(&f, NOW), REFRESH_INVALID);
    f.used_ms--;
    cr_assert_eq(refresh_check(&f, NOW), REFRESH_REUSED);
    f.session_revoked = true;
    cr_assert_eq(refresh_check(&f, NOW), REFRESH_INVALID);
}

Test(refreshing, a_banned_person_is_told_so)
{
    struct refresh_facts f = fresh();
    f.banned_until_ms = NOW + 1;
    f.session_revoked = true;
    cr_assert_eq(refresh_check(&f, NOW), REFRESH_BANNED);
    cr_assert_eq(refresh_check(&f, NOW + 1), REFRESH_INVALID);
    f.banned_until_ms = INT64_MAX;
    f.account_active = false;
    cr_assert_eq(refresh_check(&f, NOW), REFRESH_INVALID);
}

/* Refused sessions. */
#include "revoked.h"

#include <criterion/criterion.h>

static bool refused(const struct revoked *r, uint64_t user, uint64_t session, int64_t issued)
{
    struct pal_claims c = {.user = user, .session = session, .issued_at = issued};
    return revoked_has(r, &c);
}

Test(revoked, a_session_and_only_that_one)
{
    struct revoked r;
    revoked_init(&r);
    revoked_add_session(&r, 9);
    cr_expect(refused(&r, 1, 9, 100));
    cr_expect_not(refused(&r, 1, 10, 100));
    revoked_fini(&r);
}

Test(revoked, all_tokens_of_a_user_issued_until_then)
{
    struct revoked r;
    revoked_init(&r);
    revoked_add_user(&r, 1, 100);
    revoked_add_user(&r, 1, 50);
    cr_expect(refused(&r, 1, 9, 100));
    cr_expect_not(refused(&r, 1, 9, 101));
    cr_expect_not(refused(&r, 2, 9, 100));
    revoked_fini(&r);
}

Test(revoked, is_remembered_for_longer_than_a_token_lives)
{
    struct revoked r;
    int64_t day = 24 * 3600 * 1000;
    revoked_init(&r);
    revoked_tick(&r, 1000);
    revoked_add_session(&r, 9);
    revoked_tick(&r, 1000 + day / 2);
    cr_expect(refused(&r, 1, 9, 0));
    revoked_tick(&r, 1000 + day);
    cr_expect_not(refused(&r, 1, 9, 0));
    revoked_fini(&r);
}

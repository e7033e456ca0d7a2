/* Sessions that ended before their tokens. */
#include "front/revocations.h"

#include <criterion/criterion.h>

static struct pal_revocations r;

static void setup(void)
{
    pal_revocations_init(&r);
}
static void teardown(void)
{
    pal_revocations_fini(&r);
}
TestSuite(revocations, .init = setup, .fini = teardown);

static const struct pal_claims claims = {.user = 2, .org = 1, .session = 9, .issued_at = 1000};

Test(revocations, a_session_that_ended_is_refused_and_others_are_not)
{
    cr_assert(pal_revocations_admit(&r, &claims));
    cr_assert(pal_revocations_event(
        &r, PAL_STR("{\"user_id\":2,\"session_id\":9,\"reason\":\"logout\"}"), 2000000));
    cr_assert_not(pal_revocations_admit(&r, &claims));
    struct pal_claims other = claims;
    other.session = 10;
    cr_assert(pal_revocations_admit(&r, &other));
}

Test(revocations, without_a_session_all_tokens_issued_until_then_are_refused)
{
    cr_assert(pal_revocations_event(
        &r, PAL_STR("{\"user_id\":2,\"session_id\":null,\"reason\":\"ban\"}"), 1000000));
    cr_assert_not(pal_revocations_admit(&r, &claims));
    struct pal_claims later = claims;
    later.issued_at = 1001;
    cr_assert(pal_revocations_admit(&r, &later));
}

Test(revocations, a_list_from_auth_is_taken_whole)
{
    cr_assert(pal_revocations_load(
        &r,
        PAL_STR(
            "{\"items\":[{\"user_id\":2,\"session_id\":9,\"at\":\"2026-01-02T03:04:05.678Z\"}]}")));
    cr_assert_not(pal_revocations_admit(&r, &claims));
    cr_assert_not(pal_revocations_load(&r, PAL_STR("[]")));
    cr_assert_not(pal_revocations_event(&r, PAL_STR("nonsense"), 1));
}

Test(revocations, are_forgotten_when_no_token_of_theirs_can_live)
{
    pal_revocations_add(&r, 2, 9, 1000);
    pal_revocations_add(&r, 2, 0, 1000);
    pal_revocations_expire(&r, 5000, 4000);
    cr_assert_not(
        pal_revocations_admit(&r, &(struct pal_claims){.user = 2, .session = 9, .issued_at = 1}));
    pal_revocations_expire(&r, 5001, 4000);
    cr_assert(
        pal_revocations_admit(&r, &(struct pal_claims){.user = 2, .session = 9, .issued_at = 1}));
}

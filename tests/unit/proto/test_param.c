/* Parameters of the address. */
#include "gen/catalogue.h"
#include "proto/validate.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>

static const struct pal_field item = {.type = PAL_F_INTEGER, .min = 1, .max = 9};

static enum pal_code take(enum pal_field_type type, struct pal_str text, const char *want)
{
    struct pal_field field = {.name = "p", .type = type, .item = &item};
    struct pal_error err = {0};
    json_t *into = json_object();
    enum pal_code code = pal_validate_param(&field, text, into, &err);
    if (code == PAL_OK) {
        char *got = json_dumps(into, JSON_COMPACT | JSON_ENCODE_ANY);
        cr_assert_str_eq(got, want);
        free(got);
    } else {
        cr_assert_eq(err.def, &pal_err_request_invalid);
        cr_assert_eq(err.n_fields, 1);
        cr_assert_str_eq(err.fields[0].pointer, "/p");
        cr_assert_str_eq(err.fields[0].detail, want);
    }
    json_decref(into);
    return code;
}

#define TAKEN(type, text, want) cr_assert_eq(take((type), PAL_STR(text), (want)), PAL_OK)
#define REFUSED(type, text, why) cr_assert_eq(take((type), PAL_STR(text), (why)), PAL_INVALID)

Test(param, integers)
{
    TAKEN(PAL_F_INTEGER, "42", "{\"p\":42}");
    TAKEN(PAL_F_INTEGER, "-9223372036854775808", "{\"p\":-9223372036854775808}");
    REFUSED(PAL_F_INTEGER, "9223372036854775808", "must be an integer");
    REFUSED(PAL_F_INTEGER, "", "must be an integer");
    REFUSED(PAL_F_INTEGER, "1 ", "must be an integer");
    REFUSED(PAL_F_INTEGER, "0x10", "must be an integer");
    REFUSED(PAL_F_INTEGER, "1.0", "must be an integer");
}

Test(param, numbers)
{
    TAKEN(PAL_F_NUMBER, "1.5", "{\"p\":1.5}");
    TAKEN(PAL_F_NUMBER, "2", "{\"p\":2}");
    REFUSED(PAL_F_NUMBER, "\"2\"", "must be a number");
    REFUSED(PAL_F_NUMBER, "x", "must be a number");
}

Test(param, booleans)
{
    TAKEN(PAL_F_BOOLEAN, "true", "{\"p\":true}");
    TAKEN(PAL_F_BOOLEAN, "0", "{\"p\":false}");
    REFUSED(PAL_F_BOOLEAN, "maybe", "must be true or false");
}

Test(param, texts)
{
    TAKEN(PAL_F_STRING, "año", "{\"p\":\"año\"}");
    TAKEN(PAL_F_STRING, "", "{\"p\":\"\"}");
    TAKEN(PAL_F_UUID, "x", "{\"p\":\"x\"}");
    TAKEN(PAL_F_TIME, "x", "{\"p\":\"x\"}");
    TAKEN(PAL_F_EMAIL, "x", "{\"p\":\"x\"}");
    REFUSED(PAL_F_STRING, "\xff", "must be UTF-8 text");
    REFUSED(PAL_F_STRING, "a\0b", "must be UTF-8 text");
    cr_assert_eq(take(PAL_F_STRING, (struct pal_str){NULL, 0}, "{\"p\":\"\"}"), PAL_OK);
}

Test(param, arrays_are_separated_by_commas)
{
    TAKEN(PAL_F_ARRAY, "1,2,3", "{\"p\":[1,2,3]}");
    TAKEN(PAL_F_ARRAY, "", "{\"p\":[]}");
    REFUSED(PAL_F_ARRAY, "1,x", "must be an integer");
    REFUSED(PAL_F_ARRAY, "1,,2", "must be an integer");
    REFUSED(PAL_F_ARRAY, "1,2,", "must be an integer");
}

Test(param, objects_have_no_place_in_an_address)
{
    REFUSED(PAL_F_OBJECT, "{}", "cannot stand in an address");
    REFUSED(PAL_F_MAP, "{}", "cannot stand in an address");
}

Test(param, the_same_twice_is_refused)
{
    struct pal_field field = {.name = "p", .type = PAL_F_INTEGER};
    struct pal_error err = {0};
    json_t *into = json_object();
    cr_assert_eq(pal_validate_param(&field, PAL_STR("1"), into, &err), PAL_OK);
    cr_assert_eq(pal_validate_param(&field, PAL_STR("1"), into, &err), PAL_INVALID);
    cr_assert_str_eq(err.fields[0].detail, "is given more than once");
    json_decref(into);
}

/* ---- memory that runs out ---- */

static int allocations_left;

static void *scarce(size_t n)
{
    return allocations_left-- > 0 ? malloc(n) : NULL;
}

Test(param, memory_that_runs_out_is_no_fault_of_the_caller)
{
    struct pal_field field = {.name = "p", .type = PAL_F_ARRAY, .item = &item};
    json_t *into = json_object();
    json_set_alloc_funcs(scarce, free);
    bool stored = false;
    for (int n = 0; n < 20 && !stored; n++) {
        struct pal_error err = {0};
        allocations_left = n;
        enum pal_code code = pal_validate_param(&field, PAL_STR("1,2"), into, &err);
        allocations_left = INT_MAX;
        stored = code == PAL_OK;
        cr_assert(stored || err.def == &pal_err_service_unavailable, "%d: %s", n, err.detail);
    }
    cr_assert(stored);
    json_decref(into);
}

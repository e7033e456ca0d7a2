/* The walk finds what a parser finds, and never leaves the text, however it is cut off. */
#include "base/walk.h"

#include "base/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char text[] =
    "{\"type\" : \"chat_message\",\"n\":-7, \"text\":\"a \\\"quoted\\\" } ] , "
    "\\\\\",\"deep\":{\"a\":[1,{\"b\":\"]}\"}]},"
    "\"list\":[ 1,2 , \"three\",[4]],\"nothing\":null,\"empty\":{},\"none\":[]}";
static const struct pal_str sample = {text, sizeof text - 1};

Test(walk, members_come_in_order_with_their_raw_values)
{
    static const char *const keys[] = {"type", "n",       "text",  "deep",
                                       "list", "nothing", "empty", "none"};
    static const char *const values[] = {"\"chat_message\"",
                                         "-7",
                                         "\"a \\\"quoted\\\" } ] , \\\\\"",
                                         "{\"a\":[1,{\"b\":\"]}\"}]}",
                                         "[ 1,2 , \"three\",[4]]",
                                         "null",
                                         "{}",
                                         "[]"};
    struct pal_walk w;
    struct pal_str key, value;
    size_t n = 0;
    for (pal_walk_begin(&w, sample); pal_walk_member(&w, &key, &value); n++) {
        cr_assert_lt(n, 8);
        cr_assert(pal_str_eq(key, pal_str_of(keys[n])), "%zu: %.*s", n, (int)key.n, key.p);
        cr_assert(pal_str_eq(value, pal_str_of(values[n])), "%zu: %.*s", n, (int)value.n, value.p);
    }
    cr_assert(n == 8 && !w.failed);
}

Test(walk, elements_of_an_array)
{
    struct pal_walk w;
    struct pal_str value;
    int64_t sum = 0;
    for (pal_walk_begin(&w, PAL_STR(" [1, 20,300 ]")); pal_walk_element(&w, &value);)
        sum += pal_raw_int(value);
    cr_assert(sum == 321 && !w.failed);
    pal_walk_begin(&w, PAL_STR("[]"));
    cr_assert(!pal_walk_element(&w, &value) && !w.failed);
    pal_walk_begin(&w, PAL_STR("{}"));
    cr_assert(!pal_walk_member(&w, &value, &value) && !w.failed);
}

Test(walk, texts_are_decoded)
{
    struct pal_arena arena;
    pal_arena_init(&arena, 1 << 16);
    cr_assert(pal_str_eq(pal_raw_text(PAL_STR("\"ana\""), &arena), PAL_STR("ana")));
    cr_assert(
        pal_str_eq(pal_raw_text(PAL_STR("\"\\u00f1 \\\"x\\\"\""), &arena), PAL_STR("ñ \"x\"")));
    cr_assert_null(pal_raw_text(PAL_STR("12"), &arena).p);
    cr_assert_null(pal_raw_text(PAL_STR(""), &arena).p);
    cr_assert_eq(pal_raw_id(PAL_STR("-5")), 0);
    cr_assert_eq(pal_raw_id(PAL_STR("5")), 5);
    cr_assert_eq(pal_raw_int(PAL_STR("null")), 0);
    pal_arena_fini(&arena);
}

/* Each beginning of the text, in memory of its own so that a sanitizer sees a step too far. */
Test(walk, a_text_that_is_cut_off_fails_and_is_not_left)
{
    for (size_t n = 0; n < sample.n; n++) {
        char *copy = malloc(n + 1);
        cr_assert(copy);
        memcpy(copy, sample.p, n);
        char *exact = realloc(copy, n ? n : 1);
        struct pal_walk w;
        struct pal_str key, value;
        size_t members = 0;
        for (pal_walk_begin(&w, (struct pal_str){exact, n}); pal_walk_member(&w, &key, &value);)
            members++;
        cr_assert(w.failed && members <= 8, "cut off at %zu", n);
        free(exact);
    }
    struct pal_walk w;
    struct pal_str key, value;
    static const char *const broken[] = {"",          "x",        "12", "{12:3}",
                                         "{\"a\" 3}", "{\"a\":}", "{]", "{\"a\":1"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        pal_walk_begin(&w, pal_str_of(broken[i]));
        while (pal_walk_member(&w, &key, &value))
            ;
        cr_assert(w.failed, "%s", broken[i]);
    }
}

/* Entering at once and leaving in the middle finds what comes after it. */
Test(walk, what_is_entered_may_be_left_anywhere)
{
    for (int members = 0; members <= 3; members++) {
        struct pal_walk w, inner;
        struct pal_str key, value;
        bool deep = false, list = false;
        pal_walk_begin(
            &w,
            PAL_STR("{\"a\":1,\"deep\":{\"x\":\"}\\\\\",\"y\":[{}],\"z\":{}},\"list\":[7,[8]] }"));
        while (pal_walk_key(&w, &key)) {
            deep = deep || pal_str_eq(key, PAL_STR("deep"));
            if (pal_str_eq(key, PAL_STR("deep"))) {
                pal_walk_enter(&w, &inner);
                for (int i = 0; i < members; i++)
                    cr_assert(pal_walk_member(&inner, &key, &value));
                cr_assert(pal_walk_leave(&w, &inner));
            } else if (pal_str_eq(key, PAL_STR("list"))) {
                pal_walk_enter(&w, &inner);
                list = pal_walk_next(&inner) && pal_walk_value(&inner, &value) &&
                       pal_raw_int(value) == 7;
                cr_assert(pal_walk_leave(&w, &inner));
            } else {
                cr_assert(pal_walk_value(&w, &value));
            }
        }
        cr_assert(deep && list && !w.failed, "left after %d", members);
    }
}

#include "domain/handles.h"

#include "domain/mentions.h"

#include <criterion/criterion.h>
#include <string.h>

static bool valid(const char *text)
{
    return handle_valid(pal_str_of(text));
}

Test(handles, are_what_a_mention_gives_back_whole)
{
    cr_assert(valid("backend"));
    cr_assert(valid("a.b-c_2"));
    cr_assert(valid("programaci\xc3\xb3n"));
}

Test(handles, are_nothing_else)
{
    static const char *const wrong[] = {"",   "two words", "@x", "x@y", "-x",
                                        "_x", ".x",        "x.", "x`",  "a/b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(valid(wrong[i]), "%s", wrong[i]);
}

Test(handles, are_bounded)
{
    char text[MENTION_NAME_MAX + 1] = "";
    memset(text, 'a', MENTION_NAME_MAX);
    cr_assert_not(valid(text));
    text[MENTION_NAME_MAX - 1] = '\0';
    cr_assert(valid(text));
}

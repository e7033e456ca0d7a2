/* Rules about single texts. */
#include "proto/check_text.h"

#include <criterion/criterion.h>

#define GOOD(call) cr_assert_null((call))
#define BAD(call) cr_assert_not_null((call))

Test(text, control_characters_are_refused)
{
    GOOD(pal_check_characters(PAL_STR("ñandú 🎉 \xc2\xa0 ok"), false));
    BAD(pal_check_characters(PAL_STR("a\nb"), false));
    BAD(pal_check_characters(PAL_STR("a\tb"), false));
    BAD(pal_check_characters(PAL_STR("a\x1b[31m"), false));
    BAD(pal_check_characters(PAL_STR("\x7f"), false));
    BAD(pal_check_characters((struct pal_str){"\0", 1}, false));
    BAD(pal_check_characters(PAL_STR("a\xc2\x85"), false));
    BAD(pal_check_characters(PAL_STR("\xc2\x80"), true));
    GOOD(pal_check_characters(PAL_STR(""), false));
}

Test(text, of_several_lines_has_line_feeds_and_tabs_only)
{
    GOOD(pal_check_characters(PAL_STR("a\n\tb"), true));
    BAD(pal_check_characters(PAL_STR("a\r\nb"), true));
    BAD(pal_check_characters((struct pal_str){"a\0b", 3}, true));
}

Test(text, email_addresses)
{
    GOOD(pal_check_email(PAL_STR("ana@empresa.com")));
    GOOD(pal_check_email(PAL_STR("ana.ruiz+chat@correo.empresa.com")));
    GOOD(pal_check_email(PAL_STR("root@localhost")));
    GOOD(pal_check_email(PAL_STR("o'hara@xn--maana-pta.es")));
    BAD(pal_check_email(PAL_STR("")));
    BAD(pal_check_email(PAL_STR("ana")));
    BAD(pal_check_email(PAL_STR("@empresa.com")));
    BAD(pal_check_email(PAL_STR("ana@")));
    BAD(pal_check_email(PAL_STR("ana@a@b")));
    BAD(pal_check_email(PAL_STR("ana@empresa..com")));
    BAD(pal_check_email(PAL_STR("ana@empresa.com.")));
    BAD(pal_check_email(PAL_STR("ana@-empresa.com")));
    BAD(pal_check_email(PAL_STR("ana@empresa-.com")));
    BAD(pal_check_email(PAL_STR("ana@empr_esa.com")));
    BAD(pal_check_email(PAL_STR("a na@empresa.com")));
    BAD(pal_check_email(PAL_STR("ana@empresa.com\n")));
    BAD(pal_check_email((struct pal_str){"a\0b@empresa.com", 15}));
    BAD(pal_check_email(PAL_STR("ñ@empresa.com")));
}

Test(text, parts_of_an_email_address_have_their_lengths)
{
    char local[80], domain[80];
    memset(local, 'a', sizeof local);
    memcpy(local + 64, "@b.c", 5);
    GOOD(pal_check_email(pal_str_of(local)));
    memcpy(local + 65, "@b.c", 5);
    local[64] = 'a';
    BAD(pal_check_email(pal_str_of(local)));
    memset(domain, 'd', sizeof domain);
    memcpy(domain, "a@", 2);
    GOOD(pal_check_email((struct pal_str){domain, 65}));
    BAD(pal_check_email((struct pal_str){domain, 66}));
}

Test(text, uuids)
{
    GOOD(pal_check_uuid(PAL_STR("5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f10")));
    BAD(pal_check_uuid(PAL_STR("5b0f9d7e52a14d8b9d3c0b8a6d1c2f10")));
    BAD(pal_check_uuid(PAL_STR("5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f1g")));
}

Test(text, times)
{
    GOOD(pal_check_time(PAL_STR("2026-01-02T03:04:05.678Z")));
    GOOD(pal_check_time(PAL_STR("2026-01-02T03:04:05+02:00")));
    BAD(pal_check_time(PAL_STR("2026-01-02")));
    BAD(pal_check_time(PAL_STR("2026-13-02T03:04:05Z")));
}

Test(text, ids_as_keys)
{
    GOOD(pal_check_id_key(PAL_STR("1")));
    GOOD(pal_check_id_key(PAL_STR("9007199254740991")));
    BAD(pal_check_id_key(PAL_STR("9007199254740992")));
    BAD(pal_check_id_key(PAL_STR("0")));
    BAD(pal_check_id_key(PAL_STR("01")));
    BAD(pal_check_id_key(PAL_STR("-1")));
    BAD(pal_check_id_key(PAL_STR("")));
    BAD(pal_check_id_key(PAL_STR("x")));
}

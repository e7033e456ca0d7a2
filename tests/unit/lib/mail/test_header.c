#include "mail/header.h"

#include <criterion/criterion.h>
#include <string.h>

static struct pal_buf made(void (*make)(struct pal_buf *, struct pal_str), const char *text)
{
    struct pal_buf b;
    pal_buf_init(&b, 4096);
    make(&b, pal_str_of(text));
    return b;
}

static void from(struct pal_buf *out, struct pal_str name)
{
    pal_mail_mailbox(out, "From", name, PAL_STR("a@b.example"));
}

Test(header, plain_texts_stay_as_they_are)
{
    struct pal_buf b = made(pal_mail_subject, "Set a new password");
    cr_assert_str_eq(b.p, "Subject: Set a new password");
    pal_buf_fini(&b);
    b = made(from, "Palique 2");
    cr_assert_str_eq(b.p, "From: Palique 2 <a@b.example>");
    pal_buf_fini(&b);
    b = made(from, "");
    cr_assert_str_eq(b.p, "From: <a@b.example>");
    pal_buf_fini(&b);
}

Test(header, others_are_encoded)
{
    struct pal_buf b = made(pal_mail_subject, "Contraseña");
    cr_assert_str_eq(b.p, "Subject: =?UTF-8?B?Q29udHJhc2XDsWE=?=");
    pal_buf_fini(&b);
    b = made(from, "Peña, Ana");
    cr_assert_str_eq(b.p, "From: =?UTF-8?B?UGXDsWEsIEFuYQ==?= <a@b.example>");
    pal_buf_fini(&b);
}

/* However many characters of however many bytes: no word is longer than RFC 2047 allows, and none
 * begins in the middle of a character. */
Test(header, long_texts_are_folded_between_characters)
{
    char text[301];
    for (size_t lead = 0; lead < 4; lead++) {
        memset(text, 'x', lead);
        size_t n = lead;
        while (n + 3 < sizeof text - 1) {
            memcpy(text + n, "€", 3);
            n += 3;
        }
        text[n] = '\0';
        struct pal_buf b = made(pal_mail_subject, text);
        struct pal_str rest = pal_buf_view(&b), line;
        for (bool first = true; rest.p && rest.n > 0; first = false) {
            rest = pal_str_cut(rest, '\n', &line);
            cr_assert(line.n <= 85);
            cr_assert(first || pal_str_starts(line, PAL_STR(" =?UTF-8?B?4oKs")), "begins with a €");
        }
        pal_buf_fini(&b);
    }
}

Test(header, nothing_in_a_text_begins_another_field)
{
    static const char *const evil[] = {
        "x\r\nBcc: all@b.example", "x\nBcc: y", "x\ry", "\x01\x7f", "ñ\r\n\r\nbody",
        "=?UTF-8?B?DQpCY2M6?=\r\n"};
    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++)
        for (int name = 0; name < 2; name++) {
            struct pal_buf b = made(name ? from : pal_mail_subject, evil[i]);
            cr_assert_null(strstr(b.p, "Bcc"));
            cr_assert_null(strstr(b.p, "\r\n\r\n"));
            for (size_t at = 0; at < b.n; at++)
                cr_assert(b.p[at] >= ' ' ||
                          (b.p[at] == '\r' && b.p[at + 1] == '\n' && b.p[at + 2] == ' ') ||
                          b.p[at] == '\n');
            pal_buf_fini(&b);
        }
}

Test(header, a_date_is_as_RFC_5322_has_it)
{
    struct pal_buf b;
    pal_buf_init(&b, 100);
    pal_mail_date(&b, 1795293991000);
    cr_assert_str_eq(b.p, "Date: Sat, 21 Nov 2026 20:46:31 +0000");
    pal_buf_fini(&b);
}

Test(header, addresses_that_would_be_more_than_one_are_not_safe)
{
    static const char *const bad[] = {"",         "a",         "@b.c",          "a@",
                                      "a@b@c",    "a b@c.d",   "a@b.c\r\n",     "a@b.c>",
                                      "<a@b.c>",  "a,b@c.d",   "a@b.c;d",       "\"a\"@b.c",
                                      "a(x)@b.c", "a\x7f@b.c", "a@b.c\nRCPT TO"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(pal_mail_address_safe(pal_str_of(bad[i])), "%s", bad[i]);
    cr_assert(pal_mail_address_safe(PAL_STR("josé.p+x@sub.b-c.example")));
}

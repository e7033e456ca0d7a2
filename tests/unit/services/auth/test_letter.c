#include "domain/letter.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct letter_facts invitation = {
    .kind = LETTER_INVITATION,
    .site = {"https://chat.example", 20},
    .address = {"luis@guest.example", 18},
    .token = {"t0ken", 5},
    .org_name = {"A & <b>", 7},
    .inviter = {"Ana {token}", 11},
};

static bool has(const struct pal_buf *b, const char *what)
{
    return memmem(b->p, b->n, what, strlen(what)) != NULL;
}

Test(letter, all_of_them_say_where_they_lead_in_both_languages)
{
    struct letter_facts f = invitation;
    for (int kind = 0; kind < LETTER_KINDS; kind++)
        for (int spanish = 0; spanish < 2; spanish++) {
            struct letter_text t;
            f.kind = (enum letter_kind)kind;
            f.spanish = spanish;
            f.token = kind == LETTER_CHANGED ? (struct pal_str){"", 0} : invitation.token;
            cr_assert(letter_write(&f, &t));
            cr_assert(t.subject.n > 5 && pal_utf8_valid(pal_buf_view(&t.text), false));
            cr_assert(has(&t.text, "https://chat.example/") && has(&t.html, "=\"https://chat.ex"));
            cr_assert(has(&t.text, "luis@guest.example") && !has(&t.text, "{h") &&
                      !has(&t.text, "{a"));
            cr_assert(has(&t.html, spanish ? "lang=\"es\"" : "lang=\"en\""));
            letter_fini(&t);
        }
}

Test(letter, the_host_is_named_without_its_scheme)
{
    const char *sites[] = {"https://chat.example", "http://chat.example"};
    for (int i = 0; i < 2; i++) {
        struct letter_text t;
        struct letter_facts f = invitation;
        f.site = (struct pal_str){sites[i], strlen(sites[i])};
        cr_assert(letter_write(&f, &t));
        cr_assert(has(&t.text, " chat.example.") && has(&t.text, sites[i]));
        letter_fini(&t);
    }
}

Test(letter, names_stay_names)
{
    struct letter_text t;
    struct letter_facts f = invitation;
    cr_assert(letter_write(&f, &t));
    cr_assert(has(&t.subject, "Ana {token} invites you to A & <b>"));
    cr_assert(has(&t.html, "A &amp; &lt;b&gt;") && !has(&t.html, "<b>"));
    letter_fini(&t);
}

Test(letter, only_invitations_say_what_people_have_chosen)
{
    struct letter_facts f = invitation;
    for (int kind = 0; kind < LETTER_INVITATION; kind++) {
        struct letter_text t;
        f.kind = (enum letter_kind)kind;
        cr_assert(letter_write(&f, &t));
        cr_assert(!has(&t.text, "Ana") && !has(&t.text, "A &") && !has(&t.subject, "Ana"));
        letter_fini(&t);
    }
}

Test(letter, tries_come_further_and_further_apart)
{
    cr_assert_eq(letter_wait_ms(15000, 1), 15000);
    cr_assert_eq(letter_wait_ms(15000, 2), 30000);
    cr_assert_eq(letter_wait_ms(15000, 8), 1920000);
    cr_assert_eq(letter_wait_ms(15000, 9), 3600000);
    cr_assert_eq(letter_wait_ms(15000, 1000000), 3600000);
}

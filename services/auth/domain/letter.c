/* What letters say. */
#include "domain/letter.h"

enum { HOUR_MS = 3600000 };

/* {site}, {host}, {address}, {org}, {inviter} are filled in. */
struct wording {
    const char *subject, *greeting, *why, *path, *button, *more;
};

static const struct wording english[LETTER_KINDS] = {
    [LETTER_RESET] = {"Set a new password", "Hello,",
                      "Somebody has asked for a new password for the account of {address} at "
                      "{host}. If it was you, choose one here:",
                      "/reset#", "Choose a password",
                      "This works once, within an hour. If it was not you, there is nothing to do: "
                      "your password stays as it is."},
    [LETTER_VERIFY] = {"Confirm your e-mail address", "Hello,",
                       "{address} was given as the address of an account at {host}. Confirm that "
                       "it is yours:",
                       "/verify#", "Confirm the address",
                       "This works for three days. If you have no account there, there is nothing "
                       "to do."},
    [LETTER_CHANGED] = {"Your password was changed", "Hello,",
                        "The password of the account of {address} at {host} has just been changed. "
                        "If it was you, there is nothing to do. If it was not, set a new one at "
                        "once:",
                        "/forgot", "Set a new password",
                        "Tell an administrator of your organisation, too."},
    [LETTER_INVITATION] = {"{inviter} invites you to {org}", "Hello,",
                           "{inviter} invites you to the team chat of {org} at {host}. Make your "
                           "account here:",
                           "/register?invitation=", "Join {org}",
                           "The invitation is for {address} alone. If you do not know who it is "
                           "from, there is nothing to do."},
};

static const struct wording spanish[LETTER_KINDS] = {
    [LETTER_RESET] = {"Elige una nueva contraseña", "Hola:",
                      "Alguien ha pedido una nueva contraseña para la cuenta de {address} en "
                      "{host}. Si has sido tú, elígela aquí:",
                      "/reset#", "Elegir una contraseña",
                      "Funciona una sola vez y durante una hora. Si no has sido tú, no hace falta "
                      "que hagas nada: tu contraseña sigue siendo la misma."},
    [LETTER_VERIFY] = {"Confirma tu dirección de correo", "Hola:",
                       "{address} figura como la dirección de una cuenta en {host}. Confirma que "
                       "es la tuya:",
                       "/verify#", "Confirmar la dirección",
                       "Funciona durante tres días. Si no tienes ninguna cuenta allí, no hace "
                       "falta que hagas nada."},
    [LETTER_CHANGED] = {"Tu contraseña ha cambiado", "Hola:",
                        "La contraseña de la cuenta de {address} en {host} acaba de cambiar. Si "
                        "has sido tú, no hace falta que hagas nada. Si no, elige otra cuanto "
                        "antes:",
                        "/forgot", "Elegir otra contraseña",
                        "Avisa también a alguien que administre tu organización."},
    [LETTER_INVITATION] = {"{inviter} te invita a {org}", "Hola:",
                           "{inviter} te invita al chat de equipo de {org} en {host}. Crea tu "
                           "cuenta aquí:",
                           "/register?invitation=", "Entrar en {org}",
                           "La invitación es solo para {address}. Si no sabes de quién viene, no "
                           "hace falta que hagas nada."},
};

static struct pal_str host_of(struct pal_str site)
{
    struct pal_str scheme = PAL_STR("https://");
    if (!pal_str_starts(site, scheme))
        scheme = PAL_STR("http://");
    return (struct pal_str){site.p + scheme.n, site.n - scheme.n};
}

static struct pal_str named(const struct letter_facts *f, struct pal_str name)
{
    if (pal_str_eq(name, PAL_STR("address")))
        return f->address;
    if (pal_str_eq(name, PAL_STR("org")))
        return f->org_name;
    return pal_str_eq(name, PAL_STR("inviter")) ? f->inviter : host_of(f->site);
}

static void plain(struct pal_buf *out, struct pal_str s)
{
    pal_buf_str(out, s);
}

static void escaped(struct pal_buf *out, struct pal_str s)
{
    for (size_t i = 0; i < s.n; i++)
        switch (s.p[i]) {
        case '&':
            pal_buf_z(out, "&amp;");
            break;
        case '<':
            pal_buf_z(out, "&lt;");
            break;
        case '>':
            pal_buf_z(out, "&gt;");
            break;
        case '"':
            pal_buf_z(out, "&quot;");
            break;
        default:
            pal_buf_char(out, s.p[i]);
        }
}

typedef void put_fn(struct pal_buf *out, struct pal_str s);

/* The wording with its gaps filled. */
static void fill(struct pal_buf *out, const char *wording, const struct letter_facts *f,
                 put_fn *put)
{
    struct pal_str rest = pal_str_of(wording), part;
    while (rest.n > 0) {
        rest = pal_str_cut(rest, '{', &part);
        put(out, part);
        if (!rest.p)
            return;
        rest = pal_str_cut(rest, '}', &part);
        put(out, named(f, part));
    }
}

static void link_to(struct pal_buf *out, const struct wording *w, const struct letter_facts *f,
                    put_fn *put)
{
    put(out, f->site);
    put(out, pal_str_of(w->path));
    put(out, f->token);
}

static void write_text(struct pal_buf *out, const struct wording *w, const struct letter_facts *f)
{
    pal_buf_z(out, w->greeting);
    pal_buf_z(out, "\r\n\r\n");
    fill(out, w->why, f, plain);
    pal_buf_z(out, "\r\n\r\n");
    link_to(out, w, f, plain);
    pal_buf_z(out, "\r\n\r\n");
    fill(out, w->more, f, plain);
    pal_buf_z(out, "\r\n");
}

static void write_html(struct pal_buf *out, const struct wording *w, const struct letter_facts *f)
{
    pal_buf_z(out, "<!doctype html>\r\n<html lang=\"");
    pal_buf_z(out, f->spanish ? "es" : "en");
    pal_buf_z(out, "\">\r\n<body style=\"font: 16px/1.5 sans-serif; max-width: 34em\">\r\n<p>");
    pal_buf_z(out, w->greeting);
    pal_buf_z(out, "</p>\r\n<p>");
    fill(out, w->why, f, escaped);
    pal_buf_z(out, "</p>\r\n<p><a href=\"");
    link_to(out, w, f, escaped);
    pal_buf_z(out, "\">");
    fill(out, w->button, f, escaped);
    pal_buf_z(out, "</a></p>\r\n<p>");
    fill(out, w->more, f, escaped);
    pal_buf_z(out, "</p>\r\n</body>\r\n</html>\r\n");
}

bool letter_write(const struct letter_facts *f, struct letter_text *out)
{
    const struct wording *w = f->spanish ? &spanish[f->kind] : &english[f->kind];
    pal_buf_init(&out->subject, LETTER_BYTES_MAX);
    pal_buf_init(&out->text, LETTER_BYTES_MAX);
    pal_buf_init(&out->html, LETTER_BYTES_MAX);
    fill(&out->subject, w->subject, f, plain);
    write_text(&out->text, w, f);
    write_html(&out->html, w, f);
    return !out->subject.failed && !out->text.failed && !out->html.failed;
}

void letter_fini(struct letter_text *t)
{
    pal_buf_fini(&t->subject);
    pal_buf_fini(&t->text);
    pal_buf_fini(&t->html);
}

int64_t letter_wait_ms(int64_t first_ms, int failures)
{
    int shift = failures > 1 ? failures - 1 : 0;
    int64_t wait = first_ms << (shift < 20 ? shift : 20);
    return wait < HOUR_MS ? wait : HOUR_MS;
}

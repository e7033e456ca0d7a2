/* Usernames, e-mail addresses and mail domains. */
#include "domain/names.h"

#include <stddef.h>

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static const char *username_fault(struct pal_str name)
{
    if (name.n < USERNAME_MIN || name.n > USERNAME_MAX)
        return "must have 2 to 32 characters";
    for (size_t i = 0; i < name.n; i++)
        if (!is_alnum(name.p[i]) && name.p[i] != '.' && name.p[i] != '_' && name.p[i] != '-')
            return "may have the letters a to z, digits, '.', '_' and '-' only";
    if (!is_alnum(name.p[0]) || !is_alnum(name.p[name.n - 1]))
        return "must begin and end with a letter or a digit";
    return NULL;
}

bool username_valid(struct pal_str name, const char **why)
{
    const char *fault = username_fault(name);
    if (fault && why)
        *why = fault;
    return !fault;
}

bool username_reserved(struct pal_str name)
{
    const struct pal_str form = PAL_STR("erased-");
    return name.n > form.n && pal_str_caseeq((struct pal_str){name.p, form.n}, form) &&
           name.p[form.n] >= '0' && name.p[form.n] <= '9';
}

void name_fold(struct pal_str s, char *out)
{
    for (size_t i = 0; i < s.n; i++)
        out[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] - 'A' + 'a' : s.p[i]);
    out[s.n] = '\0';
}

/* Index of the last '@', s.n when there is none. */
static size_t last_at(struct pal_str s)
{
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == '@')
            return i - 1;
    return s.n;
}

struct pal_str email_domain(struct pal_str email)
{
    size_t at = last_at(email);
    if (at == email.n)
        return (struct pal_str){email.p, 0};
    return (struct pal_str){email.p + at + 1, email.n - at - 1};
}

struct pal_str email_local(struct pal_str email)
{
    return (struct pal_str){email.p, last_at(email)};
}

static bool local_char(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f && c != '@' && c != '"' && c != '(' && c != ')' &&
           c != '<' && c != '>' && c != ',' && c != ';' && c != ':' && c != '\\' && c != '[' &&
           c != ']';
}

bool email_valid(struct pal_str email)
{
    struct pal_str local = email_local(email);
    if (email.n > EMAIL_MAX || local.n < 1 || local.n > 64 || local.n == email.n)
        return false;
    for (size_t i = 0; i < local.n; i++)
        if (!local_char(local.p[i]))
            return false;
    return domain_valid(email_domain(email));
}

static bool label_valid(struct pal_str label)
{
    if (label.n < 1 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++)
        if (!is_alnum(label.p[i]) && label.p[i] != '-')
            return false;
    return true;
}

bool domain_valid(struct pal_str domain)
{
    size_t labels = 0;
    if (domain.n == 0 || domain.n > DOMAIN_MAX || domain.p[domain.n - 1] == '.')
        return false;
    while (domain.n > 0) {
        struct pal_str label;
        domain = pal_str_cut(domain, '.', &label);
        if (!label_valid(label))
            return false;
        labels++;
    }
    return labels >= 2;
}

bool domain_is_public(struct pal_str domain)
{
    static const char *const providers[] = {
        "126.com",        "163.com",      "aol.com",        "btinternet.com", "comcast.net",
        "duck.com",       "fastmail.com", "free.fr",        "gmail.com",      "gmx.at",
        "gmx.com",        "gmx.de",       "gmx.net",        "googlemail.com", "hey.com",
        "hotmail.co.uk",  "hotmail.com",  "hotmail.de",     "hotmail.es",     "hotmail.fr",
        "hotmail.it",     "hushmail.com", "icloud.com",     "inbox.com",      "interia.pl",
        "laposte.net",    "libero.it",    "live.com",       "live.com.mx",    "mac.com",
        "mail.com",       "mail.ru",      "mailinator.com", "me.com",         "msn.com",
        "naver.com",      "orange.fr",    "outlook.com",    "outlook.es",     "pm.me",
        "posteo.de",      "proton.me",    "protonmail.com", "qq.com",         "rediffmail.com",
        "rocketmail.com", "sina.com",     "t-online.de",    "terra.com.br",   "tuta.com",
        "tutanota.com",   "uol.com.br",   "verizon.net",    "wanadoo.fr",     "web.de",
        "wp.pl",          "yahoo.co.jp",  "yahoo.co.uk",    "yahoo.com",      "yahoo.com.ar",
        "yahoo.com.br",   "yahoo.com.mx", "yahoo.de",       "yahoo.es",       "yahoo.fr",
        "yandex.com",     "yandex.ru",    "ymail.com",      "zoho.com"};
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        if (pal_str_caseeq(domain, pal_str_of(providers[i])))
            return true;
    return false;
}

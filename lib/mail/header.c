/* Fields of a message's header. */
#include "mail/header.h"

#include <openssl/evp.h>
#include <time.h>

/* "=?UTF-8?B?" 60 characters of base64 "?=": 72 of the 75 that RFC 2047 allows. */
enum { WORD_BYTES = 45 };

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
           c == '-' || c == '_';
}

static bool all(struct pal_str text, bool (*test)(char))
{
    for (size_t i = 0; i < text.n; i++)
        if (!test(text.p[i]))
            return false;
    return true;
}

static bool is_printable(char c)
{
    return c >= ' ' && c < 0x7f;
}

/* As many whole characters as one encoded word takes; a byte that begins none is one by itself. */
static struct pal_str next_word(struct pal_str text)
{
    size_t n = 0;
    while (n < text.n) {
        uint32_t c;
        size_t one = pal_utf8_next((struct pal_str){text.p + n, text.n - n}, &c);
        one = one ? one : 1;
        if (n + one > WORD_BYTES)
            break;
        n += one;
    }
    return (struct pal_str){text.p, n};
}

static void encoded_word(struct pal_buf *out, struct pal_str part)
{
    unsigned char clean[WORD_BYTES], text[(WORD_BYTES + 2) / 3 * 4 + 1];
    for (size_t i = 0; i < part.n; i++) {
        unsigned char c = (unsigned char)part.p[i];
        clean[i] = c < ' ' || c == 0x7f ? ' ' : c;
    }
    int n = EVP_EncodeBlock(text, clean, (int)part.n);
    pal_buf_z(out, "=?UTF-8?B?");
    pal_buf_add(out, text, (size_t)n);
    pal_buf_z(out, "?=");
}

static void encoded(struct pal_buf *out, struct pal_str text)
{
    for (bool first = true; text.n > 0; first = false) {
        struct pal_str part = next_word(text);
        pal_buf_z(out, first ? "" : "\r\n ");
        encoded_word(out, part);
        text = (struct pal_str){text.p + part.n, text.n - part.n};
    }
}

void pal_mail_subject(struct pal_buf *out, struct pal_str text)
{
    pal_buf_z(out, "Subject: ");
    if (all(text, is_printable) && text.n < 60)
        pal_buf_str(out, text);
    else
        encoded(out, text);
}

void pal_mail_mailbox(struct pal_buf *out, const char *field, struct pal_str name,
                      struct pal_str address)
{
    pal_buf_z(out, field);
    pal_buf_z(out, ": ");
    /* Signs such as the comma mean something in a list of addresses. */
    if (all(name, is_plain) && name.n < 60)
        pal_buf_str(out, name);
    else
        encoded(out, name);
    pal_buf_z(out, name.n > 0 ? " <" : "<");
    pal_buf_str(out, address);
    pal_buf_char(out, '>');
}

void pal_mail_date(struct pal_buf *out, int64_t unix_ms)
{
    char text[64];
    struct tm at;
    time_t seconds = (time_t)(unix_ms / 1000);
    gmtime_r(&seconds, &at);
    pal_buf_z(out, "Date: ");
    pal_buf_add(out, text, strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &at));
}

bool pal_mail_address_safe(struct pal_str address)
{
    size_t ats = 0;
    for (size_t i = 0; i < address.n; i++) {
        unsigned char c = (unsigned char)address.p[i];
        if (c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == ',' || c == ';' || c == '"' ||
            c == '(' || c == ')' || c == '\\')
            return false;
        ats += c == '@';
    }
    return ats == 1 && address.n <= 254 && address.p[0] != '@' && address.p[address.n - 1] != '@';
}

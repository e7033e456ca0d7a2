/* filename.h */
#include "domain/filename.h"

/* Length of the UTF-8 sequence at p; the text is valid. */
static size_t step(const char *p)
{
    unsigned char c = (unsigned char)*p;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static unsigned code_of(const char *p, size_t n)
{
    unsigned code = n == 1 ? (unsigned char)*p : (unsigned char)*p & (0xffU >> (n + 1));
    for (size_t i = 1; i < n; i++)
        code = code << 6 | ((unsigned char)p[i] & 0x3f);
    return code;
}

/* Control characters; marks, embeddings, overrides and isolates of direction (UAX #9); separators
 * of lines; what has no width; the characters of paths and wildcards. */
static bool is_banned(unsigned code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x180e ||
           (code >= 0x200b && code <= 0x200f && code != 0x200c && code != 0x200d) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff || (code >= 0xfff9 && code <= 0xffff) || (code >= 0xe0000) ||
           (code < 0x80 && strchr("<>:\"|?*", (int)code));
}

static struct pal_str last_part(struct pal_str in)
{
    for (size_t i = in.n; i > 0; i--) {
        if (in.p[i - 1] == '/' || in.p[i - 1] == '\\')
            return (struct pal_str){in.p + i, in.n - i};
    }
    return in;
}

static struct pal_str trim(struct pal_str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '.'))
        s = (struct pal_str){s.p + 1, s.n - 1};
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '.'))
        s.n--;
    return s;
}

/* ".pdf" at its end, "" when there is none or it is no usual one. */
static struct pal_str extension(struct pal_str s)
{
    for (size_t i = s.n; i > 0 && s.n - i < 12; i--) {
        if (s.p[i - 1] == '.')
            return (struct pal_str){s.p + i - 1, s.n - i + 1};
    }
    return PAL_STR("");
}

static size_t fitting(struct pal_str s, size_t max)
{
    size_t n = 0;
    while (n < s.n && n + step(s.p + n) <= max)
        n += step(s.p + n);
    return n;
}

void filename_clean(struct pal_str in, char out[FILENAME_MAX_BYTES + 1])
{
    char kept[1024];
    size_t n = 0;
    struct pal_str s = pal_utf8_valid(in, false) ? last_part(in) : PAL_STR("");
    for (size_t i = 0; i < s.n; i += step(s.p + i)) {
        size_t length = step(s.p + i);
        if (n + length > sizeof kept)
            break;
        if (is_banned(code_of(s.p + i, length)))
            continue;
        memcpy(kept + n, s.p + i, length);
        n += length;
    }
    s = trim((struct pal_str){kept, n});
    struct pal_str tail = s.n > FILENAME_MAX_BYTES ? extension(s) : PAL_STR("");
    s.n = fitting(s, FILENAME_MAX_BYTES - tail.n);
    if (s.n == 0)
        s = PAL_STR("file");
    memcpy(out, s.p, s.n);
    memcpy(out + s.n, tail.p, tail.n);
    out[s.n + tail.n] = '\0';
}

static bool unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c));
}

void filename_encode(struct pal_str name, char out[FILENAME_URL_MAX + 1])
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;
    for (size_t i = 0; i < name.n && n + 3 <= FILENAME_URL_MAX; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (unreserved((char)c)) {
            out[n++] = (char)c;
            continue;
        }
        out[n++] = '%';
        out[n++] = digits[c >> 4];
        out[n++] = digits[c & 15];
    }
    out[n] = '\0';
}

static char *append(char *at, struct pal_str s)
{
    memcpy(at, s.p, s.n);
    return at + s.n;
}

void filename_disposition(struct pal_str name, bool shown, char out[DISPOSITION_MAX])
{
    char encoded[FILENAME_URL_MAX + 1];
    size_t n = name.n < FILENAME_MAX_BYTES ? name.n : FILENAME_MAX_BYTES;
    char *at = append(out, shown ? PAL_STR("inline") : PAL_STR("attachment"));
    filename_encode((struct pal_str){name.p, n}, encoded);
    at = append(at, PAL_STR("; filename=\""));
    for (size_t i = 0; i < n; i++) {
        char c = name.p[i];
        *at++ = (char)(c < 0x20 || c > 0x7e || strchr("\"\\%;", c) ? '_' : c);
    }
    at = append(at, PAL_STR("\"; filename*=UTF-8''"));
    at = append(at, pal_str_of(encoded));
    *at = '\0';
}

bool filename_type_shown(struct pal_str type)
{
    static const char *const shown[] = {
        "image/png",  "image/jpeg", "image/gif", "image/webp", "image/avif",     "video/mp4",
        "video/webm", "audio/mpeg", "audio/ogg", "audio/wav",  "audio/x-wav",    "audio/flac",
        "video/ogg",  "audio/mp4",  "audio/aac", "text/plain", "application/pdf"};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        if (pal_str_eq(type, pal_str_of(shown[i])))
            return true;
    }
    return false;
}

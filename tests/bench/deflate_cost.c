/* What permessage-deflate (RFC 7692) would cost and save: the figures of
 * docs/decisions/0008-no-permessage-deflate.md. Frames as the gateway sends them, compressed once
 * per event without context takeover, beside what one delivery costs: a send over loopback.
 * Processor time, so that a busy machine does not matter much.
 *
 *   cc -O2 -o /tmp/deflate_cost deflate_cost.c -lz && /tmp/deflate_cost
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { FRAMES = 2000, FRAME_MAX = 2048, ROUNDS = 10, SENDS = 100000, TAIL = 4 };

static char frames[FRAMES][FRAME_MAX];
static size_t lengths[FRAMES], total;
static size_t held; /* bytes that zlib has asked for */

static double cpu_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void *counted(void *opaque, unsigned n, unsigned size)
{
    (void)opaque;
    held += (size_t)n * size;
    return calloc(n, size);
}

static void release(void *opaque, void *p)
{
    (void)opaque;
    free(p);
}

/* ---- frames ---- */

static uint64_t seed;

static unsigned random_below(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed % n);
}

/* lean: without what is empty, the default, or said twice. */
static void make_frames(int lean)
{
    seed = 88172645463325252U;
    total = 0;
    static const char *const words[] = {
        "hola",       "gracias", "el",
        "informe",    "de",      "ventas",
        "para",       "la",      "reunión",
        "mañana",     "a las",   "tres",
        "lo",         "reviso",  "y",
        "te",         "cuento",  "con",
        "cliente",    "nuevo",   "listo",
        "¿quién",     "puede",   "mirar",
        "esto?",      "the",     "server",
        "is",         "back",    "we",
        "should",     "ship",    "it",
        "before",     "Friday",  "please",
        "check",      "deploy",  "looks",
        "good",       "thanks!", "👍",
        "por favor",  "error",   "en",
        "producción", "otra",    "vez",
        "@ana",       "@luis",   "https://git.empresa.com/palique/pull/1432",
        "ok",         "no",      "sé",
        "qué",        "pasó",    "pero",
        "ya",         "está",    "arreglado",
        "build 4711"};
    static const char *const people[] = {"ana.gomez", "luis_r",  "eva",        "pedro.martinez",
                                         "sofia",     "j.perez", "carolina.v", "andres"};
    for (size_t i = 0; i < FRAMES; i++) {
        char text[1024];
        size_t n = 0;
        unsigned words_n = 1 + random_below(4) * random_below(8); /* most are short */
        for (unsigned k = 0; k < words_n; k++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", k ? " " : "",
                                  words[random_below(sizeof words / sizeof words[0])]);
        unsigned who = random_below(8), channel = 1 + random_below(50);
        unsigned seq = 1000 + random_below(90000), id = 100000 + random_below(900000);
        char client_id[40], at[32];
        (void)snprintf(client_id, sizeof client_id, "%08x-%04x-4%03x-9%03x-%08x%04x",
                       random_below(~0U), random_below(65536), random_below(4096),
                       random_below(4096), random_below(~0U), random_below(65536));
        (void)snprintf(at, sizeof at, "2026-11-21T%02u:%02u:%02u.%03uZ", random_below(24),
                       random_below(60), random_below(60), random_below(1000));
        lengths[i] =
            (size_t)(lean ? snprintf(
                                frames[i], FRAME_MAX,
                                "{\"type\":\"chat_message\",\"channel_id\":%u,\"seq\":%u,"
                                "\"message\":{\"id\":%u,\"user_id\":%u,\"username\":\"%s\","
                                "\"content\":\"%s\",\"client_id\":\"%s\",\"created_at\":\"%s\"}}",
                                channel, seq, id, 17 + who, people[who], text, client_id, at)
                          : snprintf(
                                frames[i], FRAME_MAX,
                                "{\"type\":\"chat_message\",\"channel_id\":%u,\"seq\":%u,"
                                "\"message\":{\"id\":%u,\"channel_id\":%u,\"user_id\":%u,"
                                "\"username\":\"%s\",\"content\":\"%s\",\"message_type\":\"text\","
                                "\"reply_to_id\":null,\"client_id\":\"%s\",\"mentions\":[],"
                                "\"attachments\":[],\"seq\":%u,\"created_at\":\"%s\","
                                "\"edited_at\":null,\"is_deleted\":false}}",
                                channel, seq, id, channel, 17 + who, people[who], text, client_id,
                                seq, at));
        total += lengths[i];
    }
}

/* ---- compressing ---- */

/* One message, as §7.2.1 has it: flushed, without the four bytes at the end. */
static size_t squeeze(z_stream *z, const char *p, size_t n, unsigned char *out)
{
    z->next_in = (unsigned char *)(uintptr_t)p;
    z->avail_in = (unsigned)n;
    z->next_out = out;
    z->avail_out = FRAME_MAX;
    (void)deflate(z, Z_SYNC_FLUSH);
    return FRAME_MAX - z->avail_out - TAIL;
}

static void compress_all(int level, int bits, int memory, int takeover)
{
    unsigned char out[FRAME_MAX];
    z_stream z = {.zalloc = counted, .zfree = release};
    size_t sum = 0;
    held = 0;
    if (deflateInit2(&z, level, Z_DEFLATED, -bits, memory, Z_DEFAULT_STRATEGY) != Z_OK)
        exit(1);
    double began = cpu_us();
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < FRAMES; i++) {
            if (!takeover)
                (void)deflateReset(&z);
            sum += squeeze(&z, frames[i], lengths[i], out);
        }
    double us = (cpu_us() - began) / ROUNDS / FRAMES;
    printf("  level %d, window %2d, memory %d%s: %5.1f %% of the bytes, %5.2f us each, %6zu bytes "
           "of state\n",
           level, bits, memory, takeover ? ", context kept" : "",
           100.0 * (double)sum / ROUNDS / (double)total, us, held);
    (void)deflateEnd(&z);
}

static void inflate_all(void)
{
    static unsigned char packed[FRAMES][FRAME_MAX];
    static size_t sizes[FRAMES];
    unsigned char out[FRAME_MAX];
    z_stream z = {0}, in = {.zalloc = counted, .zfree = release};
    (void)deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    for (size_t i = 0; i < FRAMES; i++) {
        (void)deflateReset(&z);
        sizes[i] = squeeze(&z, frames[i], lengths[i], packed[i]) + TAIL;
    }
    (void)deflateEnd(&z);
    held = 0;
    (void)inflateInit2(&in, -15);
    double began = cpu_us();
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < FRAMES; i++) {
            (void)inflateReset(&in);
            in.next_in = packed[i];
            in.avail_in = (unsigned)sizes[i];
            in.next_out = out;
            in.avail_out = sizeof out;
            (void)inflate(&in, Z_SYNC_FLUSH);
        }
    printf("  inflating: %.2f us each, %zu bytes of state and window\n",
           (cpu_us() - began) / ROUNDS / FRAMES, held);
    (void)inflateEnd(&in);
}

/* ---- delivering ---- */

static void send_all(size_t n)
{
    static char bytes[65536];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t at_n = sizeof at;
    int l = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(l, (struct sockaddr *)&at, sizeof at) != 0 || listen(l, 1) != 0 ||
        getsockname(l, (struct sockaddr *)&at, &at_n) != 0 ||
        connect(s, (struct sockaddr *)&at, sizeof at) != 0)
        exit(1);
    int r = accept(l, NULL, NULL);
    double us = 0;
    for (int i = 0; i < SENDS; i += 10) {
        double began = cpu_us();
        for (int k = 0; k < 10; k++)
            (void)!send(s, bytes, n, 0);
        us += cpu_us() - began;
        for (size_t got = 0; got < 10 * n;)
            got += (size_t)recv(r, bytes, sizeof bytes, 0);
    }
    printf("  a send of %4zu bytes: %.2f us\n", n, us / SENDS);
    (void)close(l), (void)close(s), (void)close(r);
}

static void measure(const char *what, int lean)
{
    static const int settings[][3] = {{1, 15, 8}, {6, 15, 8}, {1, 10, 3}, {6, 10, 3}, {6, 12, 5}};
    make_frames(lean);
    printf("%s: %d frames of %zu bytes on average\n", what, FRAMES, total / FRAMES);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        compress_all(settings[i][0], settings[i][1], settings[i][2], 0);
    compress_all(1, 15, 8, 1);
    compress_all(1, 10, 3, 1);
    inflate_all();
}

int main(void)
{
    measure("as they are", 0);
    size_t mean = total / FRAMES;
    for (int round = 0; round < 3; round++) {
        send_all(mean);
        send_all(mean * 65 / 100);
    }
    send_all(mean * 8);
    send_all(mean * 8 * 65 / 100);
    measure("lean", 1);
    return 0;
}

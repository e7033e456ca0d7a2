/* The WebSocket handshake (RFC 6455 §4.2). The socket is duplicated and libmicrohttpd's connection
 * given back at once, so that an open socket costs nothing here. */
#include "http/steps.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEY_TEXT = 24, KEY_BYTES = 16 };

/* Is word one of the comma-separated tokens of the list? */
static bool lists(struct pal_str list, struct pal_str word)
{
    while (list.n > 0) {
        struct pal_str one;
        list = pal_str_cut(list, ',', &one);
        if (pal_str_caseeq(pal_str_trim(one), word))
            return true;
    }
    return false;
}

/* 16 bytes in base64, as §4.1 wants it. */
static bool key_ok(struct pal_str key)
{
    unsigned char bytes[KEY_TEXT];
    return key.n == KEY_TEXT && key.p[22] == '=' && key.p[23] == '=' && key.p[21] != '=' &&
           EVP_DecodeBlock(bytes, (const unsigned char *)key.p, KEY_TEXT) == KEY_BYTES + 2;
}

static void accept_of(struct pal_str key, char out[32])
{
    char text[64];
    unsigned char digest[SHA_DIGEST_LENGTH];
    int n =
        snprintf(text, sizeof text, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)key.n, key.p);
    SHA1((const unsigned char *)text, (size_t)n, digest);
    (void)EVP_EncodeBlock((unsigned char *)out, digest, sizeof digest);
}

static void refuse_version(struct pal_http *r)
{
    static const struct pal_http_header_line lines[] = {
        {"Sec-WebSocket-Version", "13"}, {"Upgrade", "websocket"}, {"Connection", "upgrade"}};
    r->close = true;
    pal_http_send(r, 426, "text/plain; charset=utf-8",
                  PAL_STR("This path speaks WebSocket, version 13.\n"), lines,
                  sizeof lines / sizeof lines[0]);
}

/* True: the handshake is right. Else it was answered. */
static bool check(struct pal_http *r)
{
    bool asked = lists(pal_request_header_list(r, "Upgrade"), PAL_STR("websocket")) &&
                 lists(pal_request_header_list(r, "Connection"), PAL_STR("upgrade"));
    if (!asked || !pal_str_eq(pal_http_header(r, "Sec-WebSocket-Version"), PAL_STR("13"))) {
        refuse_version(r);
        return false;
    }
    if (!pal_str_eq(r->method, PAL_STR("GET")) || !r->http11 ||
        !key_ok(pal_http_header(r, "Sec-WebSocket-Key"))) {
        r->close = true;
        pal_reply_refuse(r, &pal_err_request_malformed, "the WebSocket handshake is wrong");
        return false;
    }
    return true;
}

bool pal_http_upgrade_ok(struct pal_http *r)
{
    return check(r);
}

static int duplicate(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3), on = 1;
    int flags = copy >= 0 ? fcntl(copy, F_GETFL) : -1;
    if (flags >= 0)
        (void)fcntl(copy, F_SETFL, flags | O_NONBLOCK);
    if (copy >= 0) /* fails on a unix socket, which has nothing to delay */
        (void)setsockopt(copy, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return copy;
}

static void on_upgraded(void *cls, struct MHD_Connection *mhd, void *con_cls, const char *extra,
                        size_t extra_n, MHD_socket sock, struct MHD_UpgradeResponseHandle *handle)
{
    struct pal_http *r = cls;
    (void)mhd, (void)con_cls;
    pal_upgraded_fn *fn = r->upgraded;
    int fd = duplicate(sock);
    r->upgraded = NULL;
    (void)MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
    r->front->resumed = true; /* it takes one more run to let the connection go */
    fn(r->upgraded_arg, fd, (struct pal_str){extra ? extra : "", extra ? extra_n : 0});
}

void pal_http_upgrade(struct pal_http *r, pal_upgraded_fn *fn, void *arg)
{
    char accept[32];
    if (!r->mhd || r->answered) {
        pal_respond(r, 500, NULL);
        fn(arg, -1, PAL_STR(""));
        return;
    }
    if (!check(r))
        return;
    accept_of(pal_http_header(r, "Sec-WebSocket-Key"), accept);
    struct MHD_Response *response = MHD_create_response_for_upgrade(on_upgraded, r);
    if (response) {
        (void)MHD_add_response_header(response, "Upgrade", "websocket");
        (void)MHD_add_response_header(response, "Sec-WebSocket-Accept", accept);
    }
    r->upgraded = fn;
    r->upgraded_arg = arg;
    pal_respond(r, 101, response);
}

/* The message layer of the bus stream, sans-IO: u32 length (big-endian), then that many bytes,
 * which are one or more whole frames. Bytes come in pieces of any size; the length is checked
 * before memory is taken. */
#ifndef PAL_BUS_MESSAGE_H
#define PAL_BUS_MESSAGE_H

#include "base/blob.h"
#include "base/str.h"
#include "proto/frame.h"

#include <stddef.h>
#include <stdint.h>

enum { BUS_LENGTH = 4 };

/* Assembles messages. One thread. */
struct bus_splitter {
    struct pal_blob *blob; /* the message in progress, or NULL while its length is awaited; owned */
    size_t filled;         /* bytes of it that are there */
    uint32_t max;          /* largest length accepted; small until the peer has said who it is */
    uint8_t length[BUS_LENGTH];
    uint8_t length_n;
};

void bus_splitter_init(struct bus_splitter *s, uint32_t max);
void bus_splitter_fini(struct bus_splitter *s);

enum bus_split {
    BUS_SPLIT_MESSAGE, /* *out is a whole message, the caller's reference */
    BUS_SPLIT_MORE,    /* the input is used up */
    BUS_SPLIT_BAD,     /* a length that no peer of ours sends: close */
    BUS_SPLIT_NOMEM
};

/* Takes bytes from the front of *in. Call until it is not MESSAGE. */
enum bus_split bus_split(struct bus_splitter *s, struct pal_str *in, struct pal_blob **out);

/* Where the rest of a message whose length is known may be read to directly; *n is 0 when there is
 * none. */
char *bus_splitter_space(struct bus_splitter *s, size_t *n);
/* n bytes were put there; true when they complete the message, which is then the caller's. */
bool bus_splitter_filled(struct bus_splitter *s, size_t n, struct pal_blob **out);

/* Frames of a message, front to back. MORE: all taken; BAD: also when the last frame is cut short.
 */
enum pal_frame_result bus_next_frame(struct pal_str *rest, struct pal_frame *frame);

/* How many frames a blob of our own making holds. */
int64_t bus_count_frames(struct pal_str frames);

void bus_put_length(uint8_t out[BUS_LENGTH], size_t n);

#endif

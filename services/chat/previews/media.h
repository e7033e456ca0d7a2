/* Has a picture made safe by palique-media, a process of its own that can do nothing else. Blocks:
 * for slow chores. */
#ifndef CHAT_PREVIEWS_MEDIA_H
#define CHAT_PREVIEWS_MEDIA_H

#include "base/str.h"

#include <stdbool.h>

/* Bytes of both pictures that are taken from it, and what it may take of real time. */
enum { MEDIA_BYTES_MAX = 64 << 20, MEDIA_SECONDS = 60 };

enum media_result {
    MEDIA_MADE,
    MEDIA_REFUSED, /* it is no picture that can be shown, and will never be one */
    MEDIA_FAILED   /* the program could not do its work: worth another try */
};

struct media_part {
    int width, height;
    char type[24];        /* media type */
    struct pal_str bytes; /* within `memory` */
};

struct media {
    struct media_part picture, thumbnail;
    int frames;
    char colour[8]; /* "#rrggbb", the average */
    char *memory;   /* owned */
};

/* fd: the picture, a file that can be sought in; stays open. program: its path; "": palique-media
 * in the folder of this program. */
enum media_result media_make(const char *program, int fd, struct media *out);
void media_free(struct media *m);

#endif

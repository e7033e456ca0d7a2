/* A picture made safe: decoded by one of four decoders, turned upright, without metadata, encoded
 * anew. */
#ifndef MEDIA_IMAGE_H
#define MEDIA_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

/* The largest picture that is decoded (pixels of all its frames together), the longest side of what
 * is kept, and of the thumbnail. */
enum { IMAGE_PIXELS_MAX = 64000000, IMAGE_SIDE_MAX = 4096, IMAGE_THUMBNAIL_SIDE = 480 };

struct image_part {
    const char *type; /* media type */
    int width, height, frames;
    void *bytes; /* freed by image_free */
    size_t n;
};

struct image_result {
    struct image_part picture, thumbnail;
    unsigned char colour[3]; /* the average, sRGB */
};

/* Once, before the sandbox is entered: loads what the library would load when it is first needed.
 */
bool image_start(const char *program);

/* Reads a JPEG, PNG, GIF or WebP picture from a descriptor at its start. False with *why, a word of
 * the contract with who has started this program: "type" (none of the four), "large" (too many
 * pixels), "damaged". */
bool image_make(int fd, struct image_result *out, const char **why);
void image_free(struct image_result *r);

#endif

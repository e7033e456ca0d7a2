/* Pictures through libvips: image.h. Each format is given to the one decoder that it claims to be
 * for: what libvips could open beyond these four is never tried. */
#include "image.h"

#include <string.h>
#include <unistd.h>
#include <vips/vips.h>

enum { JPEG_QUALITY = 85, WEBP_QUALITY = 80, THUMBNAIL_QUALITY = 75, HEAD_BYTES = 12 };

enum format { FORMAT_NONE, FORMAT_JPEG, FORMAT_PNG, FORMAT_GIF, FORMAT_WEBP };

/* By the first bytes: ITU-T T.81 B.1.1.3, PNG 5.2, GIF89a 17, RFC 9649 2.4. */
static enum format sniff(const unsigned char *b)
{
    if (memcmp(b, "\xff\xd8\xff", 3) == 0)
        return FORMAT_JPEG;
    if (memcmp(b, "\x89PNG\r\n\x1a\n", 8) == 0)
        return FORMAT_PNG;
    if (memcmp(b, "GIF87a", 6) == 0 || memcmp(b, "GIF89a", 6) == 0)
        return FORMAT_GIF;
    if (memcmp(b, "RIFF", 4) == 0 && memcmp(b + 8, "WEBP", 4) == 0)
        return FORMAT_WEBP;
    return FORMAT_NONE;
}

bool image_start(const char *program)
{
    if (vips_init(program) != 0)
        return false;
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    return true;
}

static VipsImage *load(enum format format, int fd, int frames)
{
    VipsImage *image = NULL;
    VipsSource *source = vips_source_new_from_descriptor(fd);
    if (!source)
        return NULL;
    if (format == FORMAT_JPEG)
        vips_jpegload_source(source, &image, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
    else if (format == FORMAT_PNG)
        vips_pngload_source(source, &image, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
    else if (format == FORMAT_GIF)
        vips_gifload_source(source, &image, "n", frames, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
    else
        vips_webpload_source(source, &image, "n", frames, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
    g_object_unref(source);
    return image;
}

static int frames_of(VipsImage *image)
{
    int n = vips_image_get_n_pages(image);
    return n > 0 ? n : 1;
}

/* All frames when they are few enough, else the first. NULL: *why says it. */
static VipsImage *open_image(enum format format, int fd, const char **why)
{
    VipsImage *first = load(format, fd, 1), *all;
    *why = "damaged";
    if (!first)
        return NULL;
    int64_t pixels = (int64_t)first->Xsize * first->Ysize, n = frames_of(first);
    bool animated = n > 1 && (format == FORMAT_GIF || format == FORMAT_WEBP);
    if (pixels > IMAGE_PIXELS_MAX) {
        *why = "large";
        g_object_unref(first);
        return NULL;
    }
    if (!animated || pixels * n > IMAGE_PIXELS_MAX)
        return first;
    g_object_unref(first);
    all = lseek(fd, 0, SEEK_SET) == 0 ? load(format, fd, -1) : NULL;
    return all;
}

/* Takes image; what a step makes of it, or NULL. */
static VipsImage *step(VipsImage *image, VipsImage *next, int code)
{
    g_object_unref(image);
    return code == 0 ? next : NULL;
}

/* Takes image. Colours as screens without colour management show them (IEC 61966-2-1). */
static VipsImage *to_srgb(VipsImage *image)
{
    VipsImage *next = NULL;
    if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0 &&
        vips_icc_transform(image, &next, "srgb", "embedded", TRUE, "depth", 8, NULL) == 0)
        return step(image, next, 0);
    if (image->Type == VIPS_INTERPRETATION_sRGB || image->Type == VIPS_INTERPRETATION_B_W)
        return image;
    int code = vips_colourspace(image, &next, VIPS_INTERPRETATION_sRGB, NULL);
    return step(image, next, code);
}

/* What is kept of the metadata: how the frames of an animation stand and follow. */
static void *remove_field(VipsImage *image, const char *name, GValue *value, void *a)
{
    static const char *const kept[] = {VIPS_META_PAGE_HEIGHT, VIPS_META_N_PAGES, "delay", "loop"};
    (void)image;
    (void)value;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strcmp(name, kept[i]) == 0)
            return NULL;
    g_ptr_array_add(a, g_strdup(name));
    return NULL;
}

/* Not left to the encoders: that of WebP keeps EXIF although it is told not to (libvips 8.14.1). */
static void forget_metadata(VipsImage *image)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    vips_image_map(image, remove_field, names);
    for (guint i = 0; i < names->len; i++)
        vips_image_remove(image, g_ptr_array_index(names, i));
    g_ptr_array_free(names, TRUE);
}

/* Takes image. In memory, upright, in sRGB, without metadata; what is damaged is found here. */
static VipsImage *settle(VipsImage *image, bool still)
{
    VipsImage *next = NULL;
    if (still) {
        int code = vips_autorot(image, &next, NULL);
        image = step(image, next, code);
    }
    if (image)
        image = to_srgb(image);
    if (!image)
        return NULL;
    next = vips_image_copy_memory(image);
    g_object_unref(image);
    if (next)
        forget_metadata(next);
    return next;
}

/* A copy of at most `side` on each side; frames stand one above the other. */
static VipsImage *fit(VipsImage *image, int frames, int side)
{
    int height = image->Ysize / frames;
    int longest = image->Xsize > height ? image->Xsize : height;
    VipsImage *out = NULL;
    if (longest <= side)
        return vips_copy(image, &out, NULL) == 0 ? out : NULL;
    double scale = (double)side / longest;
    if (frames == 1)
        return vips_resize(image, &out, scale, NULL) == 0 ? out : NULL;
    /* Each frame has to come out equally high, so that they can be told apart again. */
    int target = (int)(height * scale) > 0 ? (int)(height * scale) : 1;
    if (vips_resize(image, &out, scale, "vscale", (double)(target * frames) / image->Ysize, NULL) !=
        0)
        return NULL;
    vips_image_set_int(out, VIPS_META_PAGE_HEIGHT, target);
    return out;
}

static bool encode(VipsImage *image, enum format format, int quality, struct image_part *out)
{
    int code = -1;
    if (format == FORMAT_JPEG)
        code = vips_jpegsave_buffer(image, &out->bytes, &out->n, "Q", quality, "strip", TRUE,
                                    "optimize_coding", TRUE, "interlace", TRUE, NULL);
    else if (format == FORMAT_PNG)
        code = vips_pngsave_buffer(image, &out->bytes, &out->n, "strip", TRUE, NULL);
    else if (format == FORMAT_GIF)
        code = vips_gifsave_buffer(image, &out->bytes, &out->n, "strip", TRUE, NULL);
    else if (format == FORMAT_WEBP)
        code = vips_webpsave_buffer(image, &out->bytes, &out->n, "Q", quality, "strip", TRUE, NULL);
    static const char *const types[] = {"", "image/jpeg", "image/png", "image/gif", "image/webp"};
    int height = vips_image_get_page_height(image);
    out->type = types[format];
    out->width = image->Xsize;
    out->height = height;
    out->frames = height > 0 ? image->Ysize / height : 1;
    return code == 0;
}

static bool make_part(VipsImage *image, int frames, int side, enum format format, int quality,
                      struct image_part *out)
{
    VipsImage *fitted = fit(image, frames, side);
    bool made = fitted && encode(fitted, format, quality, out);
    g_clear_object(&fitted);
    return made;
}

/* The first of the frames. */
static VipsImage *first_frame(VipsImage *image, int frames)
{
    VipsImage *out = NULL;
    int height = image->Ysize / frames;
    if (vips_crop(image, &out, 0, 0, image->Xsize, height, NULL) != 0)
        return NULL;
    vips_image_set_int(out, VIPS_META_PAGE_HEIGHT, height);
    return out;
}

static void average(VipsImage *image, unsigned char colour[3])
{
    VipsImage *flat = NULL, *stats = NULL;
    memset(colour, 128, 3);
    if (vips_flatten(image, &flat, NULL) == 0 && vips_stats(flat, &stats, NULL) == 0) {
        for (int i = 0; i < 3; i++) {
            int band = flat->Bands >= 3 ? i : 0, n = 0;
            double *mean = NULL; /* column 4 of the table, a row for each band after that of all */
            if (vips_getpoint(stats, &mean, &n, 4, band + 1, NULL) == 0 && *mean >= 0 &&
                *mean <= 255)
                colour[i] = (unsigned char)*mean;
            g_free(mean);
        }
    }
    g_clear_object(&stats);
    g_clear_object(&flat);
}

static bool make_all(VipsImage *image, enum format format, struct image_result *out)
{
    int height = vips_image_get_page_height(image);
    int frames = height > 0 ? image->Ysize / height : 1;
    int quality = format == FORMAT_JPEG ? JPEG_QUALITY : WEBP_QUALITY;
    VipsImage *still = first_frame(image, frames);
    bool made =
        still && make_part(image, frames, IMAGE_SIDE_MAX, format, quality, &out->picture) &&
        make_part(still, 1, IMAGE_THUMBNAIL_SIDE, FORMAT_WEBP, THUMBNAIL_QUALITY, &out->thumbnail);
    if (made)
        average(still, out->colour);
    g_clear_object(&still);
    return made;
}

bool image_make(int fd, struct image_result *out, const char **why)
{
    unsigned char head[HEAD_BYTES] = {0};
    *out = (struct image_result){0};
    enum format format = pread(fd, head, sizeof head, 0) > 0 ? sniff(head) : FORMAT_NONE;
    if (format == FORMAT_NONE) {
        *why = "type";
        return false;
    }
    VipsImage *image = open_image(format, fd, why);
    if (image)
        image = settle(image, vips_image_get_page_height(image) == image->Ysize);
    bool made = image && make_all(image, format, out);
    g_clear_object(&image);
    if (!made)
        image_free(out);
    return made;
}

void image_free(struct image_result *r)
{
    g_free(r->picture.bytes);
    g_free(r->thumbnail.bytes);
    *r = (struct image_result){0};
}

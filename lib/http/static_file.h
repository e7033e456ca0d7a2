/* One static file in memory, with its compressed twins. Constant after loading. */
#ifndef PAL_HTTP_STATIC_FILE_H
#define PAL_HTTP_STATIC_FILE_H

#include "gen/catalogue.h"
#include "http/front.h"

struct pal_static_file;

/* path: as it is asked for; decides on the media type and on how long it is kept by browsers. */
enum pal_code pal_static_file_load(const char *disk, const char *path, struct pal_static_file **out,
                                   struct pal_error *err) PAL_MUST_USE;
void pal_static_file_free(struct pal_static_file *f);
size_t pal_static_file_bytes(const struct pal_static_file *f);
/* Answers with 200 or 304. */
void pal_static_file_send(const struct pal_static_file *f, struct pal_http *r);

#endif

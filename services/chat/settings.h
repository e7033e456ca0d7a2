/* Configuration of chat, and what its handlers share besides the database. */
#ifndef CHAT_SETTINGS_H
#define CHAT_SETTINGS_H

#include "files/storage.h"
#include "front/local_front.h"
#include "previews/fetch.h"
#include "service/service.h"

struct chat_settings {
    struct pal_service_config service; /* first: what every service has */
    struct pal_front_settings front;
    char *default_channel; /* "-": none */
    char *files_dir;
    char *s3_endpoint, *s3_bucket, *s3_region, *s3_access_key, *s3_secret_key;
    bool s3_path_style;
    int64_t file_max_bytes;
    int64_t files_user_quota, files_org_quota; /* bytes; 0: none */
    int64_t files_reserve;                     /* bytes of the disk */
    int64_t files_expiry_ms;                   /* of what is attached to nothing */
    int64_t files_url_ttl_ms;
    int64_t files_workers;
    bool link_previews;
    char *link_networks; /* reached although they are not public; "" */
    char *media_program; /* ""; palique-media beside this program */
};

extern const struct pal_config_item chat_config[];
extern const size_t chat_config_count;

/* Events that are older go, some time: whoever needs them pages the history instead. */
enum { CHAT_EVENTS_KEEP_DAYS = 30 };

enum { CHAT_SECRET = 32 };

/* Constant after the start. */
struct chat_data {
    struct storage *storage; /* NULL: there is no folder for files */
    uint8_t file_secret[CHAT_SECRET];
    struct fetch_rules link_rules;
};

static inline const struct chat_settings *chat_settings_of(const struct pal_call *c)
{
    return pal_service_settings(c->service);
}

/* The bucket for files, *bucket NULL where none is configured; half a configuration is an error,
 * not another place. */
enum pal_code chat_bucket(const struct chat_settings *settings, struct s3 **bucket,
                          struct pal_error *err) PAL_MUST_USE;

/* Hooks of the skeleton. */
enum pal_code chat_start(struct pal_service *s, struct pal_error *err) PAL_MUST_USE;
void chat_stop(struct pal_service *s);

#endif

/* What chat has from its start to its end: the storage and the secret of signed addresses. */
#include "base/log.h"
#include "domain/names.h"
#include "handlers.h"
#include "settings.h"
#include "store/file.h"

#include <stdlib.h>

/* A chat that cannot keep files still carries messages: uploads and downloads are refused then. */
static struct storage *open_storage(const struct chat_settings *settings, struct s3 *bucket)
{
    struct pal_error err = {0};
    struct storage *storage = NULL;
    if (storage_new(settings->files_dir, bucket, &storage, &err) == PAL_OK) {
        storage_set_reserve(storage, settings->files_reserve);
        return storage;
    }
    if (settings->front.listen[0])
        pal_log(PAL_ERROR, "there is no storage for files", PAL_LS("why", err.detail));
    return NULL;
}

enum pal_code chat_bucket(const struct chat_settings *settings, struct s3 **bucket,
                          struct pal_error *err)
{
    const struct s3_settings s3 = {.endpoint = settings->s3_endpoint,
                                   .bucket = settings->s3_bucket,
                                   .region = settings->s3_region,
                                   .access_key = settings->s3_access_key,
                                   .secret_key = settings->s3_secret_key,
                                   .path_style = settings->s3_path_style};
    return settings->s3_endpoint[0] ? s3_new(&s3, bucket, err) : PAL_OK;
}

static enum pal_code read_secret(struct pal_service *s, struct chat_data *data,
                                 struct pal_error *err)
{
    struct pal_db *db = NULL;
    struct pal_arena arena;
    enum pal_code code = pal_service_db(s, "start", &db, err);
    if (code != PAL_OK)
        return code;
    pal_arena_init(&arena, 64 << 10);
    code = file_store_secret(db, &arena, data->file_secret, sizeof data->file_secret, err);
    pal_arena_fini(&arena);
    pal_db_free(db);
    return code;
}

/* As long as channel.create takes them, at least in ASCII. */
enum { DEFAULT_CHANNEL_MAX = 80 };

static bool name_fits(const char *name)
{
    struct pal_str clean, given = pal_str_of(name);
    return given.n <= DEFAULT_CHANNEL_MAX && channel_name_clean(given, &clean) &&
           clean.n == given.n;
}

enum pal_code chat_start(struct pal_service *s, struct pal_error *err)
{
    struct chat_data *data = calloc(1, sizeof *data);
    if (!data)
        return pal_error_set(err, &pal_err_service_internal, "no memory");
    const struct chat_settings *settings = pal_service_settings(s);
    struct s3 *bucket = NULL;
    enum pal_code code = PAL_OK;
    if (!name_fits(settings->default_channel))
        code = pal_error_set(err, &pal_err_service_internal,
                             "PALIQUE_DEFAULT_CHANNEL is not the name of a channel");
    if (code == PAL_OK && !fetch_rules_read(settings->link_networks, &data->link_rules))
        code = pal_error_set(err, &pal_err_service_internal,
                             "PALIQUE_LINK_PREVIEW_NETWORKS is not a list of networks");
    if (code == PAL_OK)
        code = read_secret(s, data, err);
    if (code == PAL_OK)
        code = chat_bucket(settings, &bucket, err);
    if (code != PAL_OK) {
        free(data);
        return code;
    }
    data->storage = open_storage(settings, bucket);
    pal_service_set_data(s, data);
    writer_start();
    return PAL_OK;
}

void chat_stop(struct pal_service *s)
{
    struct chat_data *data = pal_service_data(s);
    if (data)
        storage_free(data->storage);
    free(data);
}

/* Hooks of the front thread. Without an address to listen on there is no front: then this chat
 * answers the bus only. */
#include "files/front.h"

#include "files/files.h"
#include "files/page.h"
#include "gen/catalogue.h"

#include <stdlib.h>

static const struct pal_http_special specials[] = {
    {.method = "OPTIONS", .path = "/files", .fn = tus_options},
    {.method = "OPTIONS", .path = "/files/{file_id}", .fn = tus_options, .when = path_has_id},
    {.method = "POST", .path = "/files", .fn = upload_post, .pieces = true},
    {.method = "GET", .path = "/files/{file_id}", .fn = download_get, .when = path_has_id},
    {.method = "PATCH",
     .path = "/files/{file_id}",
     .fn = upload_patch,
     .when = path_has_id,
     .pieces = true},
    {.method = "POST",
     .path = "/files/{file_id}",
     .fn = upload_override,
     .when = path_has_id,
     .pieces = true},
    {.method = "DELETE", .path = "/files/{file_id}", .fn = tus_delete, .when = path_is_tus},
    {.method = "GET",
     .path = "/files/{file_id}/{filename}",
     .fn = download_get,
     .when = path_has_name},
};

static enum pal_code front_setup(struct pal_service *service, struct pal_loop *loop, void **state,
                                 struct pal_error *err)
{
    const struct chat_settings *settings = pal_service_settings(service);
    struct files *home = calloc(1, sizeof *home);
    if (!home)
        return pal_error_set(err, &pal_err_service_internal, "no memory for the front");
    *state = home;
    pal_list_init(&home->uploads);
    pal_list_init(&home->flows);
    home->settings = settings;
    home->data = pal_service_data(service);
    if (!settings->front.listen[0])
        return PAL_OK;
    home->pool = pool_new(loop, (unsigned)settings->files_workers);
    home->finishers = pool_new(loop, (unsigned)settings->files_workers);
    enum pal_code code =
        home->pool && home->finishers
            ? pal_local_front_init(&home->front, service, loop, PAL_OWNER_CHAT, &settings->front,
                                   specials, sizeof specials / sizeof *specials, err)
            : pal_error_set(err, &pal_err_service_internal, "no threads for files");
    if (code != PAL_OK) {
        pool_free(home->finishers);
        pool_free(home->pool);
        free(home);
    }
    return code;
}

static void front_drain(void *state)
{
    struct files *home = state;
    home->draining = true;
    if (!home->front.front)
        return;
    pal_front_stop_accepting(home->front.front);
    uploads_drain(home);
}

static bool front_drained(void *state)
{
    const struct files *home = state;
    return home->open == 0 && (!home->front.front || pal_front_open(home->front.front) == 0);
}

static void front_teardown(void *state)
{
    struct files *home = state;
    home->ended = true;
    if (home->front.front)
        pal_local_front_fini(&home->front);
    pool_free(home->finishers);
    pool_free(home->pool);
    uploads_free(home);
    flows_free(home);
    free(home);
}

static void front_peer_event(void *state, const struct pal_frame *event)
{
    struct files *home = state;
    if (home->front.front)
        pal_local_front_peer_event(&home->front, event);
}

const struct pal_service_front files_front = {
    .setup = front_setup,
    .drain = front_drain,
    .drained = front_drained,
    .teardown = front_teardown,
    .peers = 1U << PAL_OWNER_AUTH,
    .peer_event = front_peer_event,
};

/* Looks at the links of messages, in the background: takes tasks, fetches what is not known yet
 * with no transaction open, has the pictures made safe, stores it all and tells the channels. */
#include "handlers.h"

#include "base/log.h"
#include "previews/fetch.h"
#include "previews/media.h"
#include "settings.h"
#include "store/preview.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TASKS_AT_ONCE = FETCH_AT_ONCE / LINKS_MAX, ROUNDS_MAX = 50 };

/* A link on its way. */
struct lookup {
    struct preview_entry entry;
    const struct preview_task *task;
    struct fetch page, picture;
    struct page head;
    struct media media;
};

struct work {
    struct preview_task tasks[TASKS_AT_ONCE];
    size_t n_tasks;
    struct lookup links[FETCH_AT_ONCE];
    size_t n_links;
};

static enum pal_code claim(struct pal_call *c, struct work *w)
{
    w->n_tasks = TASKS_AT_ONCE;
    enum pal_code code = pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
    if (code == PAL_OK)
        code = preview_store_claim(c->db, c->arena, w->tasks, &w->n_tasks, &c->err);
    return code == PAL_OK ? pal_db_commit(c->db, &c->err) : code;
}

/* The links of a task, with the ids of those that are known. */
static enum pal_code look_up(struct pal_call *c, struct work *w, const struct preview_task *task)
{
    struct pal_str links[LINKS_MAX];
    struct preview_entry entries[LINKS_MAX];
    size_t n = links_find(task->content, links);
    for (size_t i = 0; i < n; i++)
        entries[i] = (struct preview_entry){.url = links[i]};
    enum pal_code code =
        n > 0 ? preview_store_known(c->db, c->arena, task->org, entries, n, &c->err) : PAL_OK;
    for (size_t i = 0; code == PAL_OK && i < n; i++)
        w->links[w->n_links++] = (struct lookup){.entry = entries[i], .task = task};
    return code;
}

/* Fetches the pages (then the pictures) of the links that need one, all at once. */
static void fetch_these(struct work *w, enum fetch_kind kind, const struct fetch_rules *rules)
{
    struct fetch *batch = calloc(FETCH_AT_ONCE, sizeof *batch);
    struct fetch *of[FETCH_AT_ONCE];
    size_t n = 0;
    for (size_t i = 0; batch && i < w->n_links; i++) {
        struct fetch *f = kind == FETCH_PAGE ? &w->links[i].page : &w->links[i].picture;
        if (w->links[i].entry.id != 0 || f->url[0] == '\0')
            continue;
        of[n] = f;
        batch[n++] = *f;
    }
    if (n > 0)
        fetch_all(batch, n, rules);
    for (size_t i = 0; i < n; i++)
        *of[i] = batch[i];
    free(batch);
}

/* The address of the picture that the page names, relative to it (RFC 3986 5). */
static void name_picture(struct lookup *l)
{
    char *address = NULL;
    CURLU *parts = l->head.image[0] ? curl_url() : NULL;
    if (parts && curl_url_set(parts, CURLUPART_URL, l->page.address, 0) == CURLUE_OK &&
        curl_url_set(parts, CURLUPART_URL, l->head.image, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_URL, &address, 0) == CURLUE_OK &&
        strlen(address) <= LINK_BYTES_MAX) {
        l->picture.kind = FETCH_PICTURE;
        memcpy(l->picture.url, address, strlen(address) + 1);
    }
    curl_free(address);
    curl_url_cleanup(parts);
}

static void make_thumbnail(const char *program, struct lookup *l)
{
    int fd = l->picture.ok ? memfd_create("picture", MFD_CLOEXEC) : -1;
    if (fd < 0)
        return;
    const char *at = l->picture.body;
    for (size_t left = l->picture.n; left > 0;) {
        ssize_t n = write(fd, at, left);
        if (n <= 0)
            break;
        at += n;
        left -= (size_t)n;
    }
    if (media_make(program, fd, &l->media) == MEDIA_FAILED)
        pal_log(PAL_WARN, "a picture could not be made", PAL_LS("program", program));
    close(fd);
}

/* With no transaction open. */
static void fetch_work(const struct pal_call *c, struct work *w)
{
    const struct chat_data *data = pal_service_data(c->service);
    for (size_t i = 0; i < w->n_links; i++)
        memcpy(w->links[i].page.url, w->links[i].entry.url.p, w->links[i].entry.url.n);
    fetch_these(w, FETCH_PAGE, &data->link_rules);
    for (size_t i = 0; i < w->n_links; i++) {
        struct lookup *l = &w->links[i];
        if (!l->page.ok)
            continue;
        page_read((struct pal_str){l->page.body, l->page.n}, &l->head);
        name_picture(l);
    }
    fetch_these(w, FETCH_PICTURE, &data->link_rules);
    for (size_t i = 0; i < w->n_links; i++)
        make_thumbnail(chat_settings_of(c)->media_program, &w->links[i]);
}

static enum pal_code store_link(struct pal_call *c, struct lookup *l)
{
    struct preview_found found = {.page = &l->head,
                                  .image = l->media.thumbnail.bytes,
                                  .image_type = pal_str_of(l->media.thumbnail.type),
                                  .width = l->media.thumbnail.width,
                                  .height = l->media.thumbnail.height};
    if (l->entry.id != 0)
        return PAL_OK;
    return preview_store_add(c->db, c->arena, l->task->org, l->entry.url, &found, &l->entry.id,
                             &c->err);
}

static enum pal_code settle_task(struct pal_call *c, struct work *w,
                                 const struct preview_task *task)
{
    int64_t ids[LINKS_MAX];
    size_t n = 0;
    struct logged logged = {0};
    enum pal_code code = pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
    for (size_t i = 0; code == PAL_OK && i < w->n_links; i++) {
        if (w->links[i].task != task)
            continue;
        code = store_link(c, &w->links[i]);
        ids[n++] = (int64_t)w->links[i].entry.id;
    }
    if (code == PAL_OK)
        code = preview_store_settle(c->db, c->arena, task, ids, n, &logged, &c->err);
    if (code == PAL_OK)
        code = pal_db_commit(c->db, &c->err);
    if (code == PAL_OK && logged.seq != 0)
        code = pal_publish(c, &pal_ev_message_updated, task->org, task->author, task->channel,
                           logged.seq, logged.body);
    return code;
}

static void free_work(struct work *w)
{
    for (size_t i = 0; i < w->n_links; i++) {
        fetch_free(&w->links[i].page);
        fetch_free(&w->links[i].picture);
        media_free(&w->links[i].media);
    }
    free(w);
}

static enum pal_code round_of_work(struct pal_call *c, struct work *w)
{
    enum pal_code code = claim(c, w);
    for (size_t i = 0; code == PAL_OK && i < w->n_tasks; i++)
        code = look_up(c, w, &w->tasks[i]);
    if (code == PAL_OK)
        fetch_work(c, w);
    for (size_t i = 0; code == PAL_OK && i < w->n_tasks; i++)
        code = settle_task(c, w, &w->tasks[i]);
    return code;
}

enum pal_code preview_work(struct pal_call *c)
{
    enum pal_code code = PAL_OK;
    if (!chat_settings_of(c)->link_previews)
        return PAL_OK;
    for (int i = 0; i < ROUNDS_MAX && code == PAL_OK; i++) {
        struct work *w = calloc(1, sizeof *w);
        if (!w)
            return pal_fail(c, &pal_err_service_internal, "no memory");
        code = round_of_work(c, w);
        bool more = w->n_tasks == TASKS_AT_ONCE;
        free_work(w);
        if (!more)
            break;
    }
    return code;
}

enum pal_code preview_expire(struct pal_call *c)
{
    return preview_store_expire(c->db, &c->err);
}

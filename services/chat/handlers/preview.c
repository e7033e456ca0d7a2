/* message.remove_previews, preview.image. */
#include "handlers.h"

#include "handlers/gate.h"
#include "store/message.h"
#include "store/preview.h"

/* Who may delete a message may take the previews off it. */
enum pal_code message_remove_previews(struct pal_call *c)
{
    uint64_t id = gate_id(c, "message_id");
    struct viewer v = gate_viewer(c);
    struct message_facts m;
    struct place place = {0};
    struct logged logged = {0};
    enum pal_code code = message_store_find(c->db, c->arena, id, &m, &c->err);
    if (code == PAL_OK && m.channel != 0)
        code = gate_lock(c, m.channel, &place);
    if (code == PAL_OK)
        code = gate_check_message(c, may_delete(&place.standing, m.author == v.user), &place);
    if (code == PAL_OK)
        code = preview_store_remove(c->db, c->arena, &v, id, &logged, &c->err);
    if (code == PAL_OK)
        code = gate_tell(c, &pal_ev_message_updated, m.author, m.channel, &logged);
    return code == PAL_OK ? pal_reply_empty(c) : code;
}

enum pal_code preview_image(struct pal_call *c)
{
    struct pal_str json;
    enum pal_code code = preview_store_image(c->db, c->arena, c->caller.org,
                                             pal_json_str(c->in, "key"), &json, &c->err);
    if (code == PAL_OK && !json.p)
        return pal_fail(c, &pal_err_preview_not_found, "%s", pal_err_preview_not_found.title);
    return code == PAL_OK ? pal_reply_text(c, json) : code;
}

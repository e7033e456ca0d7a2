/* The problem document of RFC 9457. It is written with the buffer's JSON escapes, in a fixed order
 * of members, and its texts are made valid UTF-8 first, whoever has put them into the error. Any
 * thread. */
#include "proto/validate.h"

#include "gen/catalogue.h"

/* ,"name":"text" */
static void add_text(struct pal_buf *out, struct pal_str name, struct pal_str text)
{
    if (!pal_utf8_valid(text, false))
        text = PAL_STR("(not readable)");
    pal_buf_char(out, ',');
    pal_buf_json_str(out, name);
    pal_buf_char(out, ':');
    pal_buf_json_str(out, text);
}

static void add_fields(struct pal_buf *out, const struct pal_error *err)
{
    pal_buf_z(out, ",\"errors\":[");
    for (size_t i = 0; i < err->n_fields; i++) {
        struct pal_str pointer = pal_str_of(err->fields[i].pointer);
        bool readable = pal_utf8_valid(pointer, false);
        pal_buf_z(out, i ? ",{\"pointer\":" : "{\"pointer\":");
        pal_buf_json_str(out, readable ? pointer : PAL_STR(""));
        add_text(out, PAL_STR("detail"), pal_str_of(err->fields[i].detail));
        pal_buf_char(out, '}');
    }
    pal_buf_char(out, ']');
}

static void add_type(struct pal_buf *out, const struct pal_err_def *def)
{
    /* Names are dotted words: nothing in them needs an escape. */
    pal_buf_printf(out, "{\"type\":\"/docs/#%s\",\"title\":", def->name);
    pal_buf_json_str(out, pal_str_of(def->title));
    pal_buf_printf(out, ",\"status\":%u", (unsigned)def->status);
}

void pal_problem_write(const struct pal_error *err, struct pal_str request_id, struct pal_buf *out)
{
    /* An error without a reason is a defect of ours, and said as one. */
    const struct pal_err_def *def = err->def ? err->def : &pal_err_service_internal;
    add_type(out, def);
    if (err->detail[0])
        add_text(out, PAL_STR("detail"), pal_str_of(err->detail));
    add_text(out, PAL_STR("code"), pal_str_of(def->name));
    if (request_id.n)
        add_text(out, PAL_STR("request_id"), request_id);
    if (err->retry_after_ms)
        pal_buf_printf(out, ",\"retry_after\":%u",
                       (unsigned)((err->retry_after_ms - 1) / 1000 + 1));
    for (size_t i = 0; i < err->n_members; i++)
        add_text(out, pal_str_of(err->members[i].name), pal_str_of(err->members[i].value));
    if (err->n_fields)
        add_fields(out, err);
    pal_buf_char(out, '}');
}

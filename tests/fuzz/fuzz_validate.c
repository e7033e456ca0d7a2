/* Any JSON against the request of any command (chosen by the first byte), and any text as each of
 * its parameters. What is accepted is accepted again, defaults and all; what is refused names a
 * reason that is a readable problem document. */
#include "gen/catalogue.h"
#include "proto/validate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void readable(const struct pal_error *err)
{
    char why[80];
    struct pal_buf out;
    pal_buf_init(&out, 16384);
    pal_problem_write(err, PAL_STR("fuzz"), &out);
    json_t *document = out.failed ? NULL : pal_json_parse(pal_buf_view(&out), why);
    if (!document)
        abort();
    json_decref(document);
    pal_buf_fini(&out);
}

static void whole(const struct pal_command *command, struct pal_str text)
{
    struct pal_error err = {0};
    json_t *value = NULL;
    if (pal_validate_text(command->request, text, &value, &err) != PAL_OK) {
        if (value || !err.def || err.def->status != 400)
            abort();
        readable(&err);
        return;
    }
    json_t *before = json_deep_copy(value);
    if (pal_validate(command->request, value, NULL) != PAL_OK || !json_equal(before, value))
        abort();
    json_decref(before);
    json_decref(value);
}

static void parameters(const struct pal_command *command, struct pal_str text)
{
    for (size_t i = 0; i < command->request->n; i++) {
        struct pal_error err = {0};
        json_t *into = json_object();
        if (pal_validate_param(&command->request->fields[i], text, into, &err) != PAL_OK)
            readable(&err);
        else if (json_object_size(into) != 1)
            abort();
        json_decref(into);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct pal_command *command = pal_commands[data[0] % pal_commands_count];
    struct pal_str text = {(const char *)data + 1, size - 1};
    whole(command, text);
    parameters(command, text);
    return 0;
}

/* Look-ups by binary search over the generated tables, which generate.py has sorted; names of
 * owners and roles. */
#include "proto/lookup.h"

#include <stdlib.h>

static int by_id(const void *key, const void *entry)
{
    const struct pal_command *const *command = entry;
    return *(const uint16_t *)key - (*command)->id;
}

const struct pal_command *pal_command_by_id(uint16_t id)
{
    const struct pal_command *const *found =
        bsearch(&id, pal_commands, pal_commands_count, sizeof(*found), by_id);
    return found ? *found : NULL;
}

static int by_event_id(const void *key, const void *entry)
{
    const struct pal_event *const *event = entry;
    return *(const uint16_t *)key - (*event)->id;
}

const struct pal_event *pal_event_by_id(uint16_t id)
{
    const struct pal_event *const *found =
        bsearch(&id, pal_events, pal_events_count, sizeof(*found), by_event_id);
    return found ? *found : NULL;
}

const struct pal_command *pal_command_by_ws(struct pal_str type)
{
    for (size_t i = 0; i < pal_ws_commands_count; i++)
        if (pal_str_eq(pal_str_of(pal_ws_commands[i]->ws_type), type))
            return pal_ws_commands[i];
    return NULL;
}

/* Byte order, as Python sorts ASCII. */
static int compare(struct pal_str a, const char *name)
{
    struct pal_str b = pal_str_of(name);
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int by_error_name(const void *key, const void *entry)
{
    const struct pal_err_def *const *error = entry;
    return compare(*(const struct pal_str *)key, (*error)->name);
}

const struct pal_err_def *pal_error_by_name(struct pal_str name)
{
    const struct pal_err_def *const *found =
        name.n == 0 ? NULL
                    : bsearch(&name, pal_errors, pal_errors_count, sizeof(*found), by_error_name);
    return found ? *found : NULL;
}

const struct pal_rate *pal_rate_by_name(struct pal_str name)
{
    for (size_t i = 0; i < pal_rates_count; i++)
        if (pal_str_eq(pal_str_of(pal_rates[i]->name), name))
            return pal_rates[i];
    return NULL;
}

const char *pal_owner_name(enum pal_owner owner)
{
    static const char *const names[] = {"gateway", "auth", "chat", "notify", "admin"};
    _Static_assert(sizeof names / sizeof *names == PAL_OWNERS, "a name for each owner");
    return (unsigned)owner < PAL_OWNERS ? names[owner] : "?";
}

const char *pal_role_name(uint8_t role)
{
    switch (role) {
    case PAL_ROLE_MEMBER:
        return "member";
    case PAL_ROLE_MODERATOR:
        return "moderator";
    case PAL_ROLE_ADMIN:
        return "admin";
    case PAL_ROLE_SERVICE:
        return "service";
    default:
        return "none";
    }
}

uint8_t pal_role_parse(struct pal_str name)
{
    static const uint8_t roles[] = {PAL_ROLE_MEMBER, PAL_ROLE_MODERATOR, PAL_ROLE_ADMIN};
    for (size_t i = 0; i < sizeof roles; i++)
        if (pal_str_eq(pal_str_of(pal_role_name(roles[i])), name))
            return roles[i];
    return PAL_ROLE_NONE;
}

/* The shape of the generated catalogue (gen/catalogue.h): what a command, an event and a field are.
 * All instances are constants made by generate.py from commands, events and errors. */
#ifndef PAL_PROTO_TYPES_H
#define PAL_PROTO_TYPES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pal_owner {
    PAL_OWNER_GATEWAY,
    PAL_OWNER_AUTH,
    PAL_OWNER_CHAT,
    PAL_OWNER_NOTIFY,
    PAL_OWNER_ADMIN,
    PAL_OWNERS
};

/* Organisation roles, in rising order of rights; SERVICE is a peer on the bus acting for itself. */
enum pal_role {
    PAL_ROLE_NONE,
    PAL_ROLE_MEMBER,
    PAL_ROLE_MODERATOR,
    PAL_ROLE_ADMIN,
    PAL_ROLE_SERVICE = 9
};

enum pal_lane { PAL_LANE_READ, PAL_LANE_WRITE, PAL_LANE_EXPENSIVE, PAL_LANE_WRITER, PAL_LANES };

enum pal_field_type {
    PAL_F_INTEGER, /* min..max by value */
    PAL_F_NUMBER,  /* any JSON number */
    PAL_F_STRING,  /* min..max in code points; enum_values when not NULL */
    PAL_F_BOOLEAN,
    PAL_F_UUID,   /* string */
    PAL_F_TIME,   /* RFC 3339 string */
    PAL_F_EMAIL,  /* string */
    PAL_F_OBJECT, /* object: its fields; no fields and open: anything */
    PAL_F_ARRAY,  /* min..max items of `item` */
    PAL_F_MAP     /* object with ids as keys and integers as values, at most max entries */
};

enum pal_field_in { PAL_IN_BODY, PAL_IN_PATH, PAL_IN_QUERY };

/* MULTILINE: line feeds and tabs are allowed. */
enum { PAL_FIELD_REQUIRED = 1, PAL_FIELD_NULLABLE = 2, PAL_FIELD_MULTILINE = 4 };

struct pal_field {
    const char *name;
    enum pal_field_type type;
    enum pal_field_in in;
    unsigned flags;
    int64_t min, max;
    const char *const *enum_values;  /* NULL-terminated, or NULL */
    const struct pal_object *object; /* OBJECT */
    const struct pal_field *item;    /* ARRAY */
    const char *fallback;            /* default as JSON text, or NULL */
};

struct pal_object {
    const struct pal_field *fields;
    size_t n;
    bool open; /* unknown members are allowed */
};

struct pal_command {
    uint16_t id;
    const char *name; /* "message.create" */
    enum pal_owner owner;
    enum pal_role min_role; /* NONE: no token needed; SERVICE: only over the bus, no public face */
    enum pal_lane lane;
    const char *rate;    /* rate class in proto/rates.json, or NULL */
    const char *ws_type; /* WebSocket type, or NULL */
    const struct pal_object *request;
    uint32_t timeout_ms;      /* deadline that the edge sets */
    bool idempotent_key;      /* a POST for which Idempotency-Key is honoured */
    bool sets_refresh_cookie; /* the front moves refresh_token into the cookie, and out of it */
    const char *raw_request;  /* field that takes the body's bytes as base64, or NULL */
    bool raw_reply;           /* {"content_type","data","etag"} goes out as bytes */
    uint16_t status;          /* of success, from the main REST face; 200 without one */
};

/* One REST face of a command; a command can have several (aliases). */
struct pal_rest {
    const char *method;
    const char *path; /* "/channels/{channel_id}/messages" */
    uint16_t status;  /* of success */
    const struct pal_command *command;
    const struct pal_field *const *params; /* of the {parameters}, in the path's order */
    size_t n_params;
};

enum pal_audience {
    PAL_TO_SERVICES,     /* not for clients */
    PAL_TO_CHANNEL,      /* members of frame.channel, durable when seq > 0 */
    PAL_TO_USER,         /* the user frame.caller.user */
    PAL_TO_ORGANIZATION, /* everyone of frame.caller.org */
    PAL_TO_CONNECTION    /* never on the bus: what the gateway itself says to one connection */
};

struct pal_event {
    uint16_t id;
    const char *name; /* "message.created" */
    enum pal_owner owner;
    enum pal_audience audience;
    const char *ws_type; /* type in the body that clients get, or NULL */
    bool durable;
};

struct pal_rate {
    const char *name;
    uint32_t limit; /* tokens per window */
    uint32_t window_ms;
    uint32_t burst;
    bool per_address; /* counted by address, else by user */
};

#endif

/* Looking things up in the catalogue: by id, by name, by WebSocket type, by method and path.
 * The tables are generated (gen/catalogue.h), constant and sorted; any thread, no allocation. */
#ifndef PAL_PROTO_LOOKUP_H
#define PAL_PROTO_LOOKUP_H

#include "base/str.h"
#include "proto/types.h"

#include <stddef.h>
#include <stdint.h>

extern const struct pal_command *const pal_commands[]; /* by id */
extern const size_t pal_commands_count;
extern const struct pal_command *const pal_ws_commands[]; /* those with a WebSocket type */
extern const size_t pal_ws_commands_count;
extern const struct pal_event *const pal_events[]; /* by id */
extern const size_t pal_events_count;
extern const struct pal_err_def *const pal_errors[]; /* by name */
extern const size_t pal_errors_count;
extern const struct pal_rest pal_rests[]; /* by path, literal segments before parameters */
extern const size_t pal_rests_count;
extern const struct pal_rate *const pal_rates[]; /* by name */
extern const size_t pal_rates_count;

/* NULL when there is none. */
const struct pal_command *pal_command_by_id(uint16_t id);
const struct pal_command *pal_command_by_ws(struct pal_str type);
const struct pal_event *pal_event_by_id(uint16_t id);
const struct pal_err_def *pal_error_by_name(struct pal_str name);
const struct pal_rate *pal_rate_by_name(struct pal_str name);

const char *pal_owner_name(enum pal_owner owner); /* "chat"; "?" when out of range */
const char *pal_role_name(uint8_t role);          /* "member"; "none" for anything unknown */
/* The role of an organisation ("member", "moderator", "admin"); PAL_ROLE_NONE for anything else. */
uint8_t pal_role_parse(struct pal_str name);

enum pal_match { PAL_MATCH_NONE, PAL_MATCH_METHOD, PAL_MATCH_FOUND };
enum { PAL_REST_PARAMS_MAX = 8, PAL_ALLOW_MAX = 48 };

/* Finds the face that answers `method` on `path` (as it came: no query, not decoded; one trailing
 * slash is tolerated) among the commands of `owners`, a set of 1u << enum pal_owner. HEAD finds
 * what GET does. FOUND sets *out, and params[i] to the still percent-encoded text of
 * out->params[i]. METHOD: the path exists with other methods only; `allow` gets them for the Allow
 * header. */
enum pal_match pal_rest_match(struct pal_str method, struct pal_str path, unsigned owners,
                              const struct pal_rest **out,
                              struct pal_str params[PAL_REST_PARAMS_MAX],
                              char allow[PAL_ALLOW_MAX]);

/* The same over any table (sorted like pal_rests). */
enum pal_match pal_rest_match_in(const struct pal_rest *rests, size_t n, struct pal_str method,
                                 struct pal_str path, unsigned owners, const struct pal_rest **out,
                                 struct pal_str params[PAL_REST_PARAMS_MAX],
                                 char allow[PAL_ALLOW_MAX]);

#endif

/* Inside of lib/service: jobs in lanes and the calls that they become. */
#ifndef PAL_SERVICE_CALL_H
#define PAL_SERVICE_CALL_H

#include "service/process.h"

/* What waits in a lane. Owned by the queue, then by the worker that took it. */
struct pal_job {
    const struct pal_route_state *route; /* NULL: not a command */
    struct pal_frame frame;              /* body points into blob */
    struct pal_blob *blob;
    struct pal_bus_peer *peer; /* over the bus … */
    struct pal_loop *loop;     /* … or from a front of this process */
    pal_local_fn *done;
    void *arg;
    const struct pal_chore *chore; /* background work */
    bool look;                     /* for such work; none of the three: a ping of the database */
    atomic_bool *busy;             /* cleared when background work is done; NULL: nobody waits */
    int64_t queued_us;
};

struct pal_call_event {
    struct pal_call_event *next;
    struct pal_frame frame; /* body in the arena of the call */
};

struct pal_call_private {
    struct pal_service *service;
    struct pal_job *job; /* borrowed; NULL in consumers */
    struct pal_call_event *last;
    struct pal_position emitted; /* highest position appended to the own log */
    const char *await;           /* consumers, in the arena */
    int await_ms;
    bool replied;
    bool refused; /* pal_refuse: the transaction commits, the answer is c->err */
};

/* job.c */
void pal_job_free(struct pal_job *job);
/* Takes the job into its lane, or answers it. */
void pal_job_submit(struct pal_service *s, struct pal_job *job);
/* Answers a job by itself; bodies are copied. */
void pal_job_reply(struct pal_job *job, uint16_t status, struct pal_str body);
void pal_job_fail(struct pal_job *job, const struct pal_error *err);
struct pal_frame pal_job_reply_frame(const struct pal_job *job, uint16_t status,
                                     struct pal_str body);
void pal_service_on_request(void *ctx, struct pal_bus_peer *peer, const struct pal_frame *f,
                            struct pal_blob *blob);

/* lanes.c */
bool pal_lanes_prepare(struct pal_service *s) PAL_MUST_USE; /* the queues */
bool pal_lanes_start(struct pal_service *s) PAL_MUST_USE;   /* the workers */
void pal_lanes_drain(struct pal_service *s); /* what waits is done, then the workers end */
void pal_lanes_free(struct pal_service *s);
void *pal_writer_thread(void *lane);
void pal_lane_taken(struct pal_lane_state *lane);

/* call.c */
void pal_call_init(struct pal_call *c, struct pal_call_private *p, struct pal_service *s,
                   struct pal_db *db, struct pal_arena *arena, struct pal_job *job);
/* Deadline, role, validation. */
enum pal_code pal_call_prepare(struct pal_call *c) PAL_MUST_USE;
void pal_call_run(struct pal_service *s, struct pal_db *db, struct pal_arena *arena,
                  struct pal_job *job);
void pal_call_fini(struct pal_call *c);
struct pal_metric *pal_calls_retried(void);
/* fn, in a transaction of the kind (PAL_TX_NONE: fn makes its own); publishes what it has told
 * after the commit. For chores. */
enum pal_code pal_call_background(struct pal_service *s, struct pal_db *db, struct pal_arena *arena,
                                  enum pal_tx tx, pal_handler_fn *fn,
                                  struct pal_error *err) PAL_MUST_USE;
/* A failed call that does not say why has a bug. */
enum pal_code pal_call_blame(struct pal_call *c, enum pal_code code);

/* reply.c: makes the answer of a finished call (status and body), logs a failure, counts. */
void pal_call_answer(struct pal_call *c, enum pal_code code, struct pal_frame *reply);
/* The problem document of err in the arena; {NULL, 0} when it does not fit. */
struct pal_str pal_problem_text(const struct pal_error *err, const uint8_t trace[16],
                                struct pal_buf *into);

/* publish.c: events of n calls, in their order. */
void pal_calls_publish(struct pal_service *s, struct pal_call *const *calls, size_t n);

/* idempotency.c */
bool pal_idempotency_wanted(const struct pal_call *c);
enum pal_code pal_idempotency_find(struct pal_call *c, bool *found) PAL_MUST_USE;
enum pal_code pal_idempotency_store(struct pal_call *c) PAL_MUST_USE;
enum pal_code pal_idempotency_expire(struct pal_call *c);

/* dead.c: puts an event away that cannot be applied. */
enum pal_code pal_dead_event_put(struct pal_db *db, struct pal_arena *arena, const char *source,
                                 const struct pal_log_event *e, const char *reason,
                                 struct pal_error *err) PAL_MUST_USE;

#endif

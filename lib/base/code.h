/* Result codes: the one enum that every function that can fail returns.
 * The class tells whose fault it is, which is all that generic code may depend on; the precise
 * reason is a dotted name in struct pal_error. No allocation, any thread. */
#ifndef PAL_BASE_CODE_H
#define PAL_BASE_CODE_H

enum pal_code {
    PAL_OK = 0,
    /* the caller's fault */
    PAL_INVALID,         /* 400, 422: the request is wrong as it stands */
    PAL_UNAUTHENTICATED, /* 401 */
    PAL_FORBIDDEN,       /* 403 */
    PAL_NOT_FOUND,       /* 404 */
    PAL_CONFLICT,        /* 409 */
    PAL_TOO_LARGE,       /* 413 */
    PAL_LIMITED,         /* 429: try again after retry_after_ms */
    /* a dependency's fault: retryable */
    PAL_UNAVAILABLE, /* 503 */
    PAL_TIMEOUT,     /* 504 */
    /* a bug or the machine's fault */
    PAL_INTERNAL /* 500 */
};

#define PAL_MUST_USE __attribute__((warn_unused_result))
#define PAL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#endif

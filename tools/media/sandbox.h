/* Gives up everything that decoding a picture does not need. Linux only. */
#ifndef MEDIA_SANDBOX_H
#define MEDIA_SANDBOX_H

#include <stdbool.h>

/* Limits of the process, from here on: memory (bytes of address space), seconds of CPU, bytes of a
 * file that it writes. Call it before anything is decoded; false with errno set. */
bool sandbox_limits(void);

/* Closes every descriptor above the standard three and lets only those system calls pass that work
 * on memory and on open descriptors; every other one fails with EPERM: no file can be opened, no
 * socket made, no program started, no other process seen. Threads can still be made. Call it last,
 * when the libraries have been initialised; false when the kernel has no seccomp. */
bool sandbox_enter(void);

#endif

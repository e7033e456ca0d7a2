/* Two toy services on the real catalogue: "chat" leads (every command answered, some with a
 * meaning), "admin" follows its event log. Each is a process of its own. */
#ifndef TOY_H
#define TOY_H

#include "service/service.h"

#include <sys/types.h>

/* Sets the environment of both: bus and operations sockets in `folder`, databases. Before the
 * forks. */
void toy_environment(const char *folder, const char *leader_url, const char *follower_url);
/* Forks. argv of the service after its name, or none. The child ends with the service's exit code.
 */
pid_t toy_leader(const char *flag);
pid_t toy_follower(const char *flag);

/* What main calls when it has arguments. */
int toy_main(int argc, char **argv);

#endif

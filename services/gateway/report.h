/* What the gateway tells the services of its own accord: connected people to admin, activity to
 * auth; and asks of auth: the keys. Loop's thread. */
#ifndef GATEWAY_REPORT_H
#define GATEWAY_REPORT_H

struct gateway;
struct reports;

struct reports *reports_start(struct gateway *gw); /* NULL: out of memory */
void reports_stop(struct reports *r);

#endif

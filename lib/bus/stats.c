/* The bus's metrics, the same for every client and server of the process. */
#include "bus/runtime.h"

void bus_stats_get(struct bus_stats *out)
{
    *out = (struct bus_stats){
        .connections = pal_gauge("palique_bus_connections", NULL, "Bus connections that are up."),
        .frames_in = pal_counter("palique_bus_frames_total", "direction=\"in\"", "Bus frames."),
        .frames_out = pal_counter("palique_bus_frames_total", "direction=\"out\"", "Bus frames."),
        .dropped = pal_counter("palique_bus_dropped_total", NULL,
                               "Event batches not queued for a slow subscriber."),
        .reconnects = pal_counter("palique_bus_reconnects_total", NULL,
                                  "Bus connections made again after a loss."),
        .wedged = pal_counter("palique_bus_wedged_total", NULL,
                              "Peers that a plain connection reaches and nng does not."),
        .late = pal_counter("palique_bus_late_replies_total", NULL,
                            "Replies that came after their deadline."),
        .found = pal_counter("palique_bus_found_dead_total", NULL,
                             "Connections found dead by the clock, not by nng."),
        .refused = pal_counter("palique_bus_refused_total", NULL,
                               "Bus connections closed for what the peer is or said."),
    };
}

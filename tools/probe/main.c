/* palique-probe host:port: exits with 0 when GET /readyz is answered with 200 there. The health
 * check of containers whose own program has none (nginx). */
#include "service/ops.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: palique-probe host:port\n");
        return 2;
    }
    return pal_health_probe(argv[1]) ? 0 : 1;
}

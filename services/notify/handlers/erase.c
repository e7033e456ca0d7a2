/* The chore that takes erased users out of what was told. */
#include "handlers.h"

#include "store/erase.h"

enum pal_code erase_users(struct pal_call *c)
{
    return erase_store_step(c->db, c->arena, &c->err);
}

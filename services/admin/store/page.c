/* The parameters of lists. */
#include "store/page.h"

void page_params(struct pal_params *p, struct pal_arena *arena, const struct page *page)
{
    pal_params_init(p, arena);
    pal_p_id(p, page->org);
    pal_p_int(p, page->limit);
    pal_p_id(p, (uint64_t)page->before);
}

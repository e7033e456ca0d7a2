/* Intrusive doubly linked lists: struct pal_list is both the head and the link. One thread. */
#ifndef PAL_BASE_LIST_H
#define PAL_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct pal_list {
    struct pal_list *prev, *next;
};

#define PAL_CONTAINER(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

static inline void pal_list_init(struct pal_list *l)
{
    l->prev = l->next = l;
}
static inline bool pal_list_empty(const struct pal_list *l)
{
    return l->next == l;
}
static inline void pal_list_append(struct pal_list *head, struct pal_list *e)
{
    e->prev = head->prev;
    e->next = head;
    head->prev->next = e;
    head->prev = e;
}
/* Safe to call twice: the link points to itself afterwards. */
static inline void pal_list_remove(struct pal_list *e)
{
    e->prev->next = e->next;
    e->next->prev = e->prev;
    pal_list_init(e);
}
static inline struct pal_list *pal_list_pop(struct pal_list *head)
{
    struct pal_list *e = head->next;
    if (e == head)
        return NULL;
    pal_list_remove(e);
    return e;
}

/* The body may remove `it`. */
/* NOLINTBEGIN(bugprone-macro-parentheses): `it` is a name that is declared here */
#define PAL_LIST_EACH(it, head)                                                   \
    for (struct pal_list *it = (head)->next, *it##_next = it->next; it != (head); \
         it = it##_next, it##_next = it->next)
/* NOLINTEND(bugprone-macro-parentheses) */

#endif

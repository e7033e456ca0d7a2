/* What an object store says in XML, as far as it is needed: the insides of an element. Pure. */
#ifndef CHAT_DOMAIN_XML_TEXT_H
#define CHAT_DOMAIN_XML_TEXT_H

#include "base/str.h"

/* The text of the first element of this name, without attributes and with no element in it; "" and
 * p NULL: there is none. *rest, if asked for: what comes after it. Entities stay as they are. */
struct pal_str xml_text(struct pal_str xml, const char *name, struct pal_str *rest);
/* The same, of an element that may have others in it, but none of its own name. */
struct pal_str xml_element(struct pal_str xml, const char *name, struct pal_str *rest);

#endif

/* HTTP of chat's own: uploads and downloads (docs/decisions/0009-files-are-served-by-chat.md). */
#ifndef CHAT_FILES_FRONT_H
#define CHAT_FILES_FRONT_H

#include "service/service.h"

extern const struct pal_service_front files_front;

#endif

/* What storage.c and storage_list.c share, and nobody else. */
#ifndef CHAT_FILES_STORAGE_INSIDE_H
#define CHAT_FILES_STORAGE_INSIDE_H

#include "files/storage.h"

struct storage {
    int root;          /* O_PATH of the folder */
    struct s3 *bucket; /* owned; NULL: none */
    int64_t reserve;   /* bytes */
};

#endif

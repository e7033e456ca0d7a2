/* Who may use an ipc socket: nng creates it with the umask's rights and lets everyone in who
 * reaches it, so the folder is the lock, and the peer's uid is checked besides. */
#include "bus/address.h"
#include "gen/catalogue.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum pal_code refuse(struct pal_error *err, const char *path, const char *why)
{
    return pal_error_set(err, &pal_err_request_invalid, "bus socket %s: %s", path, why);
}

static enum pal_code check_folder(const char *path, const char *folder, struct pal_error *err)
{
    struct stat st;
    if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode))
        return refuse(err, path, "its folder does not exist");
    if (st.st_uid != geteuid())
        return refuse(err, path, "its folder must belong to the user of this process");
    if ((st.st_mode & 0777) != 0700)
        return refuse(err, path, "its folder must have mode 0700");
    return PAL_OK;
}

enum pal_code bus_ipc_check(const char *path, struct pal_error *err)
{
    char folder[BUS_PATH_MAX + 1];
    const char *slash = strrchr(path, '/');
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    memcpy(folder, path, n);
    folder[n] = '\0';
    enum pal_code code = check_folder(path, folder, err);
    if (code != PAL_OK)
        return code;
    /* nng removes what nobody listens on, whatever it is. */
    struct stat st;
    if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
        return refuse(err, path, "something that is not a socket is there");
    return PAL_OK;
}

bool bus_ipc_peer_ok(nng_stream *stream)
{
    uint64_t uid;
    if (nng_stream_get_uint64(stream, NNG_OPT_IPC_PEER_UID, &uid) != 0)
        return false;
    return uid == 0 || uid == (uint64_t)geteuid();
}

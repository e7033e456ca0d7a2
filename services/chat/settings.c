/* Configuration of chat: what each variable means stands here and nowhere else. */
#include "settings.h"

#define ITEM(member, kind, name, fallback, min, max, help) \
    PAL_CFG(struct chat_settings, member, kind, name, fallback, min, max, help)

#define DAY_MS INT64_C(86400000)

const struct pal_config_item chat_config[] = {
    PAL_FRONT_ITEMS(struct chat_settings, front, "CHAT", ""),
    ITEM(default_channel, PAL_CFG_STR, "PALIQUE_DEFAULT_CHANNEL", "plaza", 0, 0,
         "name of the public channel that a new organisation begins with and everybody who comes "
         "joins; -: none"),
    ITEM(files_dir, PAL_CFG_STR, "PALIQUE_FILES_DIR", "/var/lib/palique/files", 0, 0,
         "folder of uploaded files, the same for all replicas of a machine; made if it is not "
         "there"),
    ITEM(s3_endpoint, PAL_CFG_STR, "PALIQUE_S3_ENDPOINT", "", 0, 0,
         "object store that keeps the content of new files, e.g. https://s3.example.org:9000; "
         "empty: PALIQUE_FILES_DIR keeps it"),
    ITEM(s3_bucket, PAL_CFG_STR, "PALIQUE_S3_BUCKET", "", 0, 0,
         "bucket for files; of this installation alone"),
    ITEM(s3_region, PAL_CFG_STR, "PALIQUE_S3_REGION", "us-east-1", 0, 0, "region of the bucket"),
    ITEM(s3_access_key, PAL_CFG_STR, "PALIQUE_S3_ACCESS_KEY", "", 0, 0,
         "who Palique is to the object store"),
    ITEM(s3_secret_key, PAL_CFG_SECRET, "PALIQUE_S3_SECRET_KEY", "", 0, 0,
         "the key that belongs to PALIQUE_S3_ACCESS_KEY"),
    ITEM(s3_path_style, PAL_CFG_BOOL, "PALIQUE_S3_PATH_STYLE", "true", 0, 0,
         "the bucket is the first part of the path; false: of the host's name"),
    ITEM(file_max_bytes, PAL_CFG_SIZE, "PALIQUE_FILE_MAX_BYTES", "4G", 1, INT64_C(1) << 44,
         "largest file"),
    ITEM(files_user_quota, PAL_CFG_SIZE, "PALIQUE_FILES_USER_QUOTA", "0", 0, INT64_C(1) << 50,
         "bytes that the files of one user may have; 0: no limit"),
    ITEM(files_org_quota, PAL_CFG_SIZE, "PALIQUE_FILES_ORG_QUOTA", "0", 0, INT64_C(1) << 50,
         "bytes that the files of one organisation may have; 0: no limit"),
    ITEM(files_reserve, PAL_CFG_SIZE, "PALIQUE_FILES_RESERVE", "1G", 0, INT64_C(1) << 50,
         "bytes that uploads leave free on the disk of PALIQUE_FILES_DIR; 0: none"),
    ITEM(files_expiry_ms, PAL_CFG_DURATION, "PALIQUE_FILES_EXPIRY", "24h", 1000, 365 * DAY_MS,
         "an upload that is not continued, and a file that is not attached, goes after this time"),
    ITEM(files_url_ttl_ms, PAL_CFG_DURATION, "PALIQUE_FILES_URL_TTL", "1h", 1000, 7 * DAY_MS,
         "how long a signed address of a file works"),
    ITEM(files_workers, PAL_CFG_INT, "PALIQUE_FILES_WORKERS", "4", 1, 32,
         "threads that write and fetch the content of files; as many again hash and store what has "
         "come whole"),
    ITEM(link_previews, PAL_CFG_BOOL, "PALIQUE_LINK_PREVIEWS", "true", 0, 0,
         "fetch the pages behind links in messages and show what they say of themselves"),
    ITEM(link_networks, PAL_CFG_STR, "PALIQUE_LINK_PREVIEW_NETWORKS", "", 0, 0,
         "networks that links may lead to although they are not public, e.g. "
         "10.1.0.0/16,fd12::/32"),
    ITEM(media_program, PAL_CFG_STR, "PALIQUE_MEDIA_PROGRAM", "", 0, 0,
         "program that makes pictures safe; empty: palique-media beside this one"),
};
const size_t chat_config_count = sizeof chat_config / sizeof *chat_config;

/* Configuration of the auth service: what each variable means stands here and nowhere else. */
#include "settings.h"

#define ITEM(member, kind, name, fallback, min, max, help) \
    PAL_CFG(struct auth_settings, member, kind, name, fallback, min, max, help)

const struct pal_config_item auth_config[] = {
    ITEM(key_secret, PAL_CFG_SECRET, "PALIQUE_AUTH_KEY_SECRET", NULL, 0, 0,
         "Seals the signing keys in the database; the same for all replicas, at least 16 bytes"),
    ITEM(argon2_memory_kib, PAL_CFG_INT, "PALIQUE_ARGON2_MEMORY_KIB", "19456", 64, 4194304,
         "Memory of one argon2id hash in KiB"),
    ITEM(argon2_time, PAL_CFG_INT, "PALIQUE_ARGON2_TIME", "2", 1, 100, "Passes of argon2id"),
    ITEM(argon2_lanes, PAL_CFG_INT, "PALIQUE_ARGON2_LANES", "1", 1, 64, "Lanes of argon2id"),
    ITEM(argon2_parallel, PAL_CFG_INT, "PALIQUE_ARGON2_PARALLEL", "0", 0, 256,
         "Password hashes computed at once; 0: as many as there are processors"),
    ITEM(access_ttl_ms, PAL_CFG_DURATION, "PALIQUE_ACCESS_TTL", "15m", 1000, 86400000,
         "Lifetime of access tokens"),
    ITEM(refresh_ttl_ms, PAL_CFG_DURATION, "PALIQUE_REFRESH_TTL", "30d", 60000, 31536000000,
         "A session that is not refreshed for so long ends"),
    ITEM(open_organizations, PAL_CFG_BOOL, "PALIQUE_OPEN_ORGANIZATIONS", "true", 0, 0,
         "Whoever registers with the name of a new organisation becomes its administrator"),
    ITEM(domain_join, PAL_CFG_BOOL, "PALIQUE_DOMAIN_JOIN", "true", 0, 0,
         "Whoever registers with an address of an organisation's domain joins it"),
};
const size_t auth_config_count = sizeof auth_config / sizeof *auth_config;

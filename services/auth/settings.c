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
    ITEM(public_url, PAL_CFG_STR, "PALIQUE_PUBLIC_URL", "", 0, 0,
         "Address of the installation as people open it, https://chat.example.org: for links in "
         "e-mail"),
    ITEM(smtp_url, PAL_CFG_STR, "PALIQUE_SMTP_URL", "", 0, 0,
         "Server that e-mail is handed to, smtp://host:587 or smtps://host:465; empty: no e-mail, "
         "and nothing that needs it"),
    ITEM(smtp_user, PAL_CFG_STR, "PALIQUE_SMTP_USER", "", 0, 0,
         "Who Palique is to that server; empty: no authentication"),
    ITEM(smtp_password, PAL_CFG_SECRET, "PALIQUE_SMTP_PASSWORD", "", 0, 0,
         "The password that belongs to PALIQUE_SMTP_USER"),
    ITEM(smtp_tls, PAL_CFG_STR, "PALIQUE_SMTP_TLS", "required", 0, 0,
         "STARTTLS with smtp://: required, try (where the server offers it) or none"),
    ITEM(smtp_ca, PAL_CFG_STR, "PALIQUE_SMTP_CA", "", 0, 0,
         "PEM file of the authority of the server's certificate; empty: those of the system"),
    ITEM(smtp_timeout_ms, PAL_CFG_DURATION, "PALIQUE_SMTP_TIMEOUT", "30s", 100, 600000,
         "Longest time for handing over one letter"),
    ITEM(mail_from, PAL_CFG_STR, "PALIQUE_MAIL_FROM", "", 0, 0,
         "Address that e-mail comes from; needed with PALIQUE_SMTP_URL, as is PALIQUE_PUBLIC_URL"),
    ITEM(mail_name, PAL_CFG_STR, "PALIQUE_MAIL_NAME", "Palique", 0, 0,
         "Name that e-mail comes from"),
    ITEM(mail_retry_ms, PAL_CFG_DURATION, "PALIQUE_MAIL_RETRY", "15s", 10, 3600000,
         "A letter that could not be handed over is tried again after this time, which doubles up "
         "to "
         "an hour"),
};
const size_t auth_config_count = sizeof auth_config / sizeof *auth_config;

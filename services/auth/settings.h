/* Configuration of the auth service. Read once at start, constant afterwards. */
#ifndef AUTH_SETTINGS_H
#define AUTH_SETTINGS_H

#include "service/service.h"

struct auth_settings {
    struct pal_service_config common; /* first: the skeleton's */
    char *key_secret;                 /* seals the signing keys in the database */
    int64_t argon2_memory_kib, argon2_time, argon2_lanes;
    int64_t argon2_parallel; /* hashes at once; 0: as many as processors */
    int64_t access_ttl_ms, refresh_ttl_ms;
    bool open_organizations; /* registering with a new organisation name makes it */
    bool domain_join;        /* an address of an organisation's domain joins it */
    char *public_url;        /* of the installation, for links in letters */
    char *smtp_url;          /* "": no e-mail is sent */
    char *smtp_user, *smtp_password, *smtp_tls, *smtp_ca;
    int64_t smtp_timeout_ms;
    char *mail_from, *mail_name;
    int64_t mail_retry_ms;
};

extern const struct pal_config_item auth_config[];
extern const size_t auth_config_count;

static inline const struct auth_settings *auth_settings_of(const struct pal_service *s)
{
    return pal_service_settings(s);
}

static inline bool auth_sends_mail(const struct auth_settings *set)
{
    return set->smtp_url[0] != '\0';
}

#endif

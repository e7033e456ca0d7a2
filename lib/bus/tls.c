/* Mutual TLS: both sides show a certificate of the one CA, the client also checks the server's
 * name. */
#include "bus/address.h"
#include "gen/catalogue.h"

static enum pal_code fail(nng_tls_config *c, struct pal_error *err, const char *what,
                          const char *file, int rv)
{
    nng_tls_config_free(c);
    return pal_error_set(err, &pal_err_request_invalid, "bus TLS: %s %s: %s", what, file,
                         nng_strerror(rv));
}

enum pal_code bus_tls_new(const struct pal_bus_security *security, const char *server_name,
                          nng_tls_config **out, struct pal_error *err)
{
    nng_tls_config *c = NULL;
    const char *ca = security->ca_file, *cert = security->cert_key_file;
    if (!ca || !ca[0] || !cert || !cert[0])
        return pal_error_set(err, &pal_err_request_invalid,
                             "tls+tcp needs a CA file and a file with certificate and key");
    int rv = nng_tls_config_alloc(&c, server_name ? NNG_TLS_MODE_CLIENT : NNG_TLS_MODE_SERVER);
    if (rv != 0)
        return pal_error_set(err, &pal_err_service_unavailable, "bus TLS: %s", nng_strerror(rv));
    if ((rv = nng_tls_config_auth_mode(c, NNG_TLS_AUTH_MODE_REQUIRED)) != 0)
        return fail(c, err, "certificates of peers", "", rv);
    if ((rv = nng_tls_config_ca_file(c, ca)) != 0)
        return fail(c, err, "CA file", ca, rv);
    if ((rv = nng_tls_config_cert_key_file(c, cert, NULL)) != 0)
        return fail(c, err, "certificate and key", cert, rv);
    if (server_name && (rv = nng_tls_config_server_name(c, server_name)) != 0)
        return fail(c, err, "server name", server_name, rv);
    *out = c;
    return PAL_OK;
}

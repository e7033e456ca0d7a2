/* Addresses of clients. */
#include "domain/address.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_v4(const uint8_t address[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return memcmp(address, mapped, sizeof mapped) == 0;
}

bool address_known(const uint8_t address[16])
{
    static const uint8_t none[16];
    return memcmp(address, none, sizeof none) != 0;
}

void address_network(const uint8_t address[16], uint8_t out[16])
{
    memcpy(out, address, 16);
    if (!is_v4(address))
        memset(out + 8, 0, 8);
}

void address_text(const uint8_t address[16], char out[ADDRESS_TEXT_MAX])
{
    out[0] = '\0';
    if (is_v4(address))
        inet_ntop(AF_INET, address + 12, out, ADDRESS_TEXT_MAX);
    else
        inet_ntop(AF_INET6, address, out, ADDRESS_TEXT_MAX);
}

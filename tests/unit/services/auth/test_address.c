#include "domain/address.h"

#include <criterion/criterion.h>
#include <string.h>

static const uint8_t v4[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10};

Test(address, zero_is_not_an_address)
{
    static const uint8_t none[16];
    cr_assert_not(address_known(none));
    cr_assert(address_known(v4));
}

Test(address, is_written_as_inet_reads_it)
{
    char text[ADDRESS_TEXT_MAX];
    address_text(v4, text);
    cr_assert_str_eq(text, "192.0.2.1");
    address_text(v6, text);
    cr_assert_str_eq(text, "2001:db8:1:2:304:506:708:90a");
}

Test(address, a_subscriber_of_ipv6_is_a_64)
{
    uint8_t network[16];
    address_network(v6, network);
    cr_assert_eq(memcmp(network, v6, 8), 0);
    for (size_t i = 8; i < 16; i++)
        cr_assert_eq(network[i], 0);
    address_network(v4, network);
    cr_assert_eq(memcmp(network, v4, 16), 0);
}

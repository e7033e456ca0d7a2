#include "domain/address.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>

static bool is_public(const char *text)
{
    uint8_t bytes[16];
    if (inet_pton(AF_INET, text, bytes) == 1)
        return address_is_public(bytes, 4);
    cr_assert_eq(inet_pton(AF_INET6, text, bytes), 1, "%s", text);
    return address_is_public(bytes, 16);
}

Test(address, those_of_everybody_are_public)
{
    static const char *const all[] = {"1.1.1.1",           "8.8.8.8",        "93.184.216.34",
                                      "172.32.0.1",        "172.15.255.255", "100.63.255.255",
                                      "100.128.0.1",       "192.0.1.1",      "223.255.255.255",
                                      "2a00:1450:4001::1", "2606:4700::1111"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cr_expect(is_public(all[i]), "%s", all[i]);
}

Test(address, ones_own_networks_and_special_ones_are_not)
{
    static const char *const none[] = {"0.0.0.0",
                                       "0.1.2.3",
                                       "10.0.0.1",
                                       "100.64.0.1",
                                       "100.127.255.255",
                                       "127.0.0.1",
                                       "127.255.255.254",
                                       "169.254.169.254",
                                       "172.16.0.1",
                                       "172.31.255.255",
                                       "192.0.0.1",
                                       "192.0.2.1",
                                       "192.168.1.1",
                                       "192.88.99.1",
                                       "198.18.0.1",
                                       "198.19.255.255",
                                       "198.51.100.1",
                                       "203.0.113.1",
                                       "224.0.0.1",
                                       "239.1.1.1",
                                       "240.0.0.1",
                                       "255.255.255.255",
                                       "::",
                                       "::1",
                                       "::ffff:127.0.0.1",
                                       "::ffff:8.8.8.8",
                                       "::127.0.0.1",
                                       "64:ff9b::7f00:1",
                                       "fe80::1",
                                       "fc00::1",
                                       "fd12::1",
                                       "ff02::1",
                                       "2001::1",
                                       "2001:db8::1",
                                       "2002:7f00:1::1",
                                       "3fff::1",
                                       "4000::1",
                                       "100::1"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect(!is_public(none[i]), "%s", none[i]);
}

Test(address, is_four_or_sixteen_bytes)
{
    const uint8_t bytes[16] = {8, 8, 8, 8};
    cr_assert(!address_is_public(bytes, 0));
    cr_assert(!address_is_public(bytes, 5));
}

Test(address, network_has_what_begins_like_it)
{
    const struct network net = {{10, 1, 0x80}, 4, 17};
    const uint8_t in[4] = {10, 1, 0x81, 7}, out[4] = {10, 1, 0x7f, 7}, other[16] = {10, 1, 0x81};
    const struct network wrong = {{10}, 4, 33}, all = {{0}, 4, 0};
    cr_assert(network_has(&net, in, 4));
    cr_assert(!network_has(&net, out, 4));
    cr_assert(!network_has(&net, other, 16));
    cr_assert(!network_has(&wrong, in, 4));
    cr_assert(network_has(&all, in, 4));
}

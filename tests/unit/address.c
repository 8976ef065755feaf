#include "address.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

static bool
is_public(const char *text)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &in4.sin_addr) == 1)
		return address_is_public((struct sockaddr *)&in4, sizeof in4);
	cr_assert_eq(inet_pton(AF_INET6, text, &in6.sin6_addr), 1, "%s", text);
	return address_is_public((struct sockaddr *)&in6, sizeof in6);
}

/* The first and the last of each range; their neighbours outside. */
static const struct border {
	const char *before, *first, *last, *behind;
} borders[] = {
    {NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
    {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
    {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
    {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
    {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
    {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
    {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
    {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
    {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
    {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
    {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
    {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
    {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
    {"223.255.255.255", "224.0.0.0", "255.255.255.255", NULL},
    {NULL, "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::"},
    {"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"},
    {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
	"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
    {"2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"},
    {"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"},
    {"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
};

Test(address, every_range_at_its_borders)
{
	for (size_t i = 0; i < sizeof borders / sizeof *borders; i++) {
		const struct border *b = &borders[i];

		cr_expect_not(is_public(b->first), "%s", b->first);
		cr_expect_not(is_public(b->last), "%s", b->last);
		if (b->before != NULL)
			cr_expect(is_public(b->before), "%s", b->before);
		if (b->behind != NULL)
			cr_expect(is_public(b->behind), "%s", b->behind);
	}
}

Test(address, what_is_refused)
{
	static const char *const refused[] = {"127.0.0.1", "127.1.2.3",
	    "10.1.2.3", "192.168.1.1", "172.20.0.1", "169.254.169.254",
	    "100.100.100.200", "0.0.0.0", "255.255.255.255", "224.0.0.1",
	    "239.255.255.250", "::1", "::", "fe80::1", "febf::1", "fec0::1",
	    "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b:1::a00:1",
	    "::127.0.0.1", "::8.8.8.8", "100::1", "5f00::1", "2001::1",
	    "2002:7f00:1::", "2002:808:808::1"};

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		cr_expect_not(is_public(refused[i]), "%s", refused[i]);
}

Test(address, what_is_public)
{
	static const char *const allowed[] = {"8.8.8.8", "1.1.1.1", "192.0.1.1",
	    "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::8",
	    "2001:4860:4860::8888", "2620:fe::fe"};

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		cr_expect(is_public(allowed[i]), "%s", allowed[i]);
}

/* Every range of IPv4 is refused, and its neighbours not, inside IPv6 too. */
Test(address, ipv4_inside_ipv6_counts_as_itself)
{
	static const char *const frames[] = {"::ffff:", "64:ff9b::"};

	for (size_t i = 0; i < sizeof borders / sizeof *borders; i++) {
		const char *const *text = &borders[i].before;

		if (strchr(borders[i].first, ':') != NULL)
			continue;
		for (size_t j = 0; j < 8; j++) {
			char both[64];

			if (text[j / 2] == NULL)
				continue;
			snprintf(both, sizeof both, "%s%s", frames[j % 2],
			    text[j / 2]);
			cr_expect_eq(is_public(both), is_public(text[j / 2]),
			    "%s", both);
		}
	}
	cr_expect(is_public("::ffff:8.8.8.8"));
	cr_expect(is_public("64:ff9b::8.8.8.8"));
	cr_expect_not(is_public("64:ff9b::1:8.8.8.8"));
	cr_expect_not(is_public("::fffe:8.8.8.8"));
	cr_expect_not(is_public("::1:ffff:8.8.8.8"));
}

Test(address, what_is_no_address)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in4 = {.sin_family = AF_INET};

	in4.sin_addr.s_addr = htonl(0x08080808);
	cr_expect_not(address_is_public((struct sockaddr *)&in4, 4));
	in4.sin_family = AF_UNIX;
	cr_expect_not(address_is_public((struct sockaddr *)&in4, sizeof in4));
	cr_expect_not(
	    address_is_public((struct sockaddr *)&in6, sizeof in6 - 1));
}

/* Hosts of URLs as clients read them; what is listed is good besides. */
Test(address, of_urls)
{
	static const char *const bad[] = {"https://127.0.0.1/",
	    "https://127.0.0.1:80", "https://127.1?x", "https://0x7f.1/",
	    "https://2130706433", "https://10.0.0.1.", "https://[::1]:1/",
	    "https://[fe80::1%25eth0]/", "wss://192.168.1.1/x"};
	static const char *const good[] = {"https://1.1.1.1/", "https://a.b/",
	    "https://127.a.b", "https://[2606:4700::1]/", "https://", "x", "",
	    "https:/", "https://10.0.0.1.a/", "https://a/127.0.0.1"};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		cr_assert_not(address_url_is_good(str_of(bad[i]), STR("no")),
		    "%s", bad[i]);
		cr_assert(address_url_is_good(str_of(bad[i]), STR("yes")));
	}
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		cr_assert(address_url_is_good(str_of(good[i]), STR("no")), "%s",
		    good[i]);
	cr_assert(address_url_is_good(
	    STR("https://10.0.0.1/"), STR("127.0.0.1 10.0.0.1")));
	cr_assert_not(address_url_is_good(
	    STR("https://10.0.0.2/"), STR("127.0.0.1 10.0.0.1")));
}

/*
 * endpoint_rules_test.c: which addresses events can be sent to.
 */
#include <stddef.h>

#include "event/endpoint_rules.h"
#include "tap.h"

static bool
all_are(bool fits, const char *const *endpoints, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (loyalty_endpoint_fits(endpoints[i]) != fits)
		{
			printf("# %s\n", endpoints[i]);
			return false;
		}
	return true;
}

#define ALL_ARE(fits, endpoints) all_are(fits, endpoints, sizeof(endpoints) / sizeof((endpoints)[0]))

static void
test_ports(void)
{
	static const char *const ports[] = { "http://example.com:1",		"http://example.com:80/",
										 "https://example.com:65535",	"https://example.com:65535?b",
										 "https://example.com:65535#b", "https://example.com:080",
										 "http://example.com/:0",		"http://example.com?:99999",
										 "http://example.com#:x" };
	static const char *const none[] = { "http://example.com:",
										"http://example.com:/",
										"http://example.com:?",
										"http://example.com:0",
										"http://example.com:000",
										"http://example.com:65536",
										"http://example.com:65536/b",
										"http://example.com:8a",
										"http://example.com:a",
										"http://example.com:-1",
										"http://example.com:+1",
										"http://example.com:1:2",
										"http://example.com:99999999999999999999",
										"http://example.com::1",
										"http://example.com:0x50" };

	ok(ALL_ARE(true, ports), "ports from 1 to 65535, and what stands behind the host is none");
	ok(ALL_ARE(false, none), "other numbers, and what is no number, are no ports");
}

static void
test_hosts(void)
{
	static const char *const hosts[] = { "http://example.com",		 "https://example.com/hook?x=y#z",
										 "http://www.example.com",	 "http://[::1]",
										 "http://[2001:DB8::1]:80/", "http://[::ffff:10.0.0.1]?" };
	static const char *const none[] = { "",
										"http",
										"http:",
										"http://",
										"https://",
										"http:///a",
										"http://:80",
										"http://?a",
										"http://#a",
										"http:/a",
										"HTTP://example.com",
										"ftp://example.com",
										"//a",
										"http://[",
										"http://[]",
										"http://[::1",
										"http://[::1]a",
										"http://[a.x]",
										"http://example.com[::1]",
										"http://example.com]",
										"http://[::1]:",
										"http://[::1]]" };

	ok(ALL_ARE(true, hosts), "hosts by name and by address");
	ok(ALL_ARE(false, none), "no host, or another scheme");
}

static void
test_signs(void)
{
	static const char *const none[] = { "http://example.com b",	   "http://example.com\n",
										"http://example.com/\x7f", "http://example.com/\xc3\xa9",
										"http://b@example.com",	   "http://b:c@example.com",
										"http://example.com/\"",   "http://example.com/<",
										"http://example.com\\b",   "http://example.com/{b}",
										"http://example.com/`",	   " http://example.com" };

	ok(ALL_ARE(false, none), "signs that no address has, or that part a name from the host");
}

int
main(void)
{
	plan(5);
	test_ports();
	test_hosts();
	test_signs();
	return tap_exit();
}

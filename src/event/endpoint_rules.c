/*
 * endpoint_rules.c: addresses that events are sent to. What is refused here would fail in each worker and at each attempt, far
 * from whoever mistyped it; whether there is such a host is for the worker to find out.
 */
#include "event/endpoint_rules.h"

#include <string.h>

#define MOST_PORT 65535
#define HOST_ENDS "/?#"

/* Returns what stands behind the scheme; NULL where that is another one. */
static const char *
behind_scheme(const char *endpoint)
{
	if (strncmp(endpoint, "https://", 8) == 0)
		return endpoint + 8;
	return strncmp(endpoint, "http://", 7) == 0 ? endpoint + 7 : NULL;
}

/* Tells whether all signs may stand in an address: an @ would part a name from the host. */
static bool
has_signs_of_address(const char *endpoint)
{
	for (; *endpoint != '\0'; endpoint++)
		if ((unsigned char) *endpoint <= ' ' || (unsigned char) *endpoint >= 127 ||
			strchr("@\"<>\\^`{|}", *endpoint) != NULL)
			return false;
	return true;
}

/* Returns the length of a host, 0 for none: one of IPv6 ends at its bracket, any other at a colon. */
static size_t
host_length(const char *host)
{
	size_t length;

	if (host[0] != '[')
		return strcspn(host, HOST_ENDS ":[]");
	length = 1 + strspn(host + 1, "0123456789ABCDEFabcdef:.");
	return length > 1 && host[length] == ']' ? length + 1 : 0;
}

/* Reads digits alone: no sign passes for a part of a number, and none of them is no port. */
static bool
is_port(const char *text, size_t length)
{
	long port = 0;
	size_t i;

	for (i = 0; i < length && port <= MOST_PORT; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return false;
		port = port * 10 + (text[i] - '0');
	}
	return port > 0 && port <= MOST_PORT;
}

/* Takes the address apart from its front. */
bool
loyalty_endpoint_fits(const char *endpoint)
{
	const char *host = behind_scheme(endpoint);
	size_t length;
	const char *behind;

	if (host == NULL || !has_signs_of_address(endpoint))
		return false;
	length = host_length(host);
	behind = host + length;
	if (length == 0)
		return false;
	return *behind == ':' ? is_port(behind + 1, strcspn(behind + 1, HOST_ENDS))
						  : strcspn(behind, HOST_ENDS) == 0;
}

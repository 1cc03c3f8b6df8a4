/* zone_rules_test.c: zones of places, and those of none. */
#include "org/zone_rules.h"
#include "tap.h"

int
main(void)
{
	static const char *const places[] = { "Europe/Berlin",
										  "America/Argentina/Buenos_Aires",
										  "Asia/Kolkata",
										  "US/Eastern",
										  "America/North_Dakota/New_Salem",
										  "Indian/Maldives",
										  "Singapore",
										  "Japan",
										  "GB",
										  "GB-Eire",
										  "NZ",
										  "NZ-CHAT",
										  "PRC",
										  "ROC",
										  "ROK",
										  "W-SU",
										  "UTC",
										  "Antarctica/Troll" };
	static const char *const others[] = { "",
										  "Etc/GMT+8",
										  "Etc/GMT-14",
										  "Etc/UTC",
										  "Etc/GMT",
										  "Etc/Zulu",
										  "Factory",
										  "localtime",
										  "posixrules",
										  "EST",
										  "EST5EDT",
										  "HST",
										  "MST",
										  "PST8PDT",
										  "CET",
										  "MET",
										  "EET",
										  "WET",
										  "GMT",
										  "GMT0",
										  "GMT+0",
										  "GMT-0",
										  "UCT",
										  "Zulu",
										  "Universal",
										  "Greenwich",
										  "posix/Asia/Tokyo",
										  "right/UTC",
										  "right/Asia/Tokyo",
										  "posix/UTC",
										  "SystemV/EST5",
										  "UTC+8",
										  "<+08>-8",
										  "/etc/localtime",
										  "Europe/",
										  "leapseconds" };
	int wrong = 0;

	plan(2);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!loyalty_zone_is_place(places[i]))
		{
			printf("# refused: %s\n", places[i]);
			wrong++;
		}
	ok(wrong == 0, "places have zones");
	wrong = 0;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (loyalty_zone_is_place(others[i]))
		{
			printf("# taken: %s\n", others[i]);
			wrong++;
		}
	ok(wrong == 0, "offsets, abbreviations and names for a server's own zone are no places");
	return tap_exit();
}

/*
 * zone_rules.c: which names of the tz database are zones of places.
 *
 * The database has zones that no clock on a wall shows: fixed offsets, whose sign means the opposite of what it seems to
 * (Etc/GMT+8 is eight hours behind); abbreviations without summer time, or with that of one country (EST, CET, PST8PDT);
 * names that stand for another one on each server (localtime, posixrules); a placeholder (Factory); and whole copies of
 * itself with other rules for leap seconds (posix/, right/). An org has a place. UTC alone is taken beside them, for orgs that
 * have none.
 */
#include "org/zone_rules.h"

#include <stddef.h>
#include <string.h>

/* Areas that are none. */
static const char *const no_areas[] = { "Etc/", "SystemV/", "posix/", "right/" };

/* Words that are no places, though they look like one. */
static const char *const no_places[] = { "Factory",	  "Greenwich",	"Universal", "leapseconds",
										 "localtime", "posixrules", "tzdata.zi", "Zulu" };

/* Names in capitals that are countries' all the same; everything else in capitals is an abbreviation. */
static const char *const countries[] = {
	"GB", "GB-Eire", "NZ", "NZ-CHAT", "PRC", "ROC", "ROK", "UTC", "W-SU"
};

/* Tells whether a name is in a list. */
static bool
is_among(const char *name, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

/* Judges a name with an area by the area, one without by how it is written. */
bool
loyalty_zone_is_place(const char *name)
{
	size_t i;

	if (is_among(name, countries, sizeof(countries) / sizeof(countries[0])))
		return true;
	for (i = 0; i < sizeof(no_areas) / sizeof(no_areas[0]); i++)
		if (strncmp(name, no_areas[i], strlen(no_areas[i])) == 0)
			return false;
	if (strchr(name, '/') != NULL)
		return name[0] != '/' && name[strlen(name) - 1] != '/';
	return strpbrk(name, "abcdefghijklmnopqrstuvwxyz") != NULL &&
		   !is_among(name, no_places, sizeof(no_places) / sizeof(no_places[0]));
}

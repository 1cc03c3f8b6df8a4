/* phone.h: telephone numbers, by libphonenumber. Knows no server; the implementation is C++ and throws nothing. */
#ifndef LOYALTY_PHONE_H
#define LOYALTY_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define LOYALTY_PHONE_MAX 50 /* bytes of a number as given */

	/* Tells whether numbers of a country are known; two letters as in ISO 3166. */
	extern bool loyalty_phone_region_known(const char *country);

	/* Rules of an org that say what a mobile is. */
	typedef struct LoyaltyPhoneRules
	{
		const char *const *countries; /* of the org, the base country first */
		int count;
		bool
			country_code_passed; /* a number without + or 00 is one of these countries, with its code or without */
		bool accepts_foreign; /* a number with + or 00 may be of another country */
		bool valid_only;	  /* the library must know the number, not its length alone */
	} LoyaltyPhoneRules;

	/*
	 * The E.164 form of a number; false where it has none. A number carries a country code where it begins with + or 00.
	 * The leading digits are compared with the calling codes of the countries, whether or not + or 00 stands before
	 * them; then each code in turn is put in front of a number that carries none. The first reading that is valid wins,
	 * then the first that is possible. Without countries a number of any country passes that carries a code.
	 */
	extern bool loyalty_phone_normalise(const char *number, const LoyaltyPhoneRules *rules, char *e164,
										size_t size);

	/*
	 * Guess of the E.164 form, without asking what the library knows of the number, which is most of the work; false where
	 * a number can be read in several ways. A guess that somebody has as an E.164 form already is right.
	 */
	extern bool loyalty_phone_guess(const char *number, const LoyaltyPhoneRules *rules, char *e164,
									size_t size);

	/* The version of the library that this backend has loaded, as its file says: 8.12; "unknown" where it does not. */
	extern const char *loyalty_phone_version(void);

#ifdef __cplusplus
}
#endif

#endif

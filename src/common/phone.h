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

	/*
 * The E.164 form of a number; false where it has none. A number carries a country code where it begins with +
 * or 00. With country_code_passed and countries (the base country first) the leading digits are compared with
 * the calling codes of these, whether or not + or 00 stands before them; then each code in turn is put in front
 * of a number that carries none; the first valid number wins. In all other cases numbers of any country pass,
 * if they carry a code.
 */
	extern bool loyalty_phone_normalise(const char *number, const char *const *countries, int count,
										bool country_code_passed, char *e164, size_t size);

	/*
 * Guess of the E.164 form, without asking whether the number is valid, which is most of the work. A guess that somebody
 * has as an E.164 form already is right.
 */
	extern bool loyalty_phone_guess(const char *number, const char *const *countries, int count,
									bool country_code_passed, char *e164, size_t size);

#ifdef __cplusplus
}
#endif

#endif

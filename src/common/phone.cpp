/*
 * phone.cpp: the one place that talks to libphonenumber.
 *
 * A number as given is stripped of the marks that people write between digits, then tried as every international
 * number that it may stand for, likelier ones first; the first that the library calls valid wins, so a number has one
 * normal form whoever writes it. Asking whether a number is valid is most of the work: the guess leaves that out, for
 * callers who look among known numbers first. No exception leaves this file: it would unwind through the server's C
 * frames; what is thrown counts as "no normal form".
 */
#include "common/phone.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::NullLogger;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

/* A number as given, without what people write between digits. */
struct Given
{
	bool carries_code; /* it began with + or 00, which "digits" lacks */
	std::string digits;
};

/* The library, silent: it becomes the logger's owner. */
PhoneNumberUtil &
library()
{
	static PhoneNumberUtil *const util = []
	{
		PhoneNumberUtil *made = PhoneNumberUtil::GetInstance();

		made->SetLogger(new NullLogger());
		return made;
	}();

	return *util;
}

/* The country in capitals, as the library names countries; an empty text where it is not two letters. */
std::string
region_of(const char *country)
{
	std::string region(country, strnlen(country, 3));

	if (region.size() != 2)
		return "";
	for (char &letter : region)
		letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
	return std::isalpha(static_cast<unsigned char>(region[0])) &&
				   std::isalpha(static_cast<unsigned char>(region[1]))
			   ? region
			   : "";
}

/* The calling code of a country, 0 where there is none. */
int
calling_code(const char *country)
{
	std::string region = region_of(country);

	return region.empty() ? 0 : library().GetCountryCodeForRegion(region);
}

/* The digits of a calling code. */
std::string
code_digits(int code)
{
	char digits[16];

	std::snprintf(digits, sizeof(digits), "%d", code);
	return digits;
}

/* Strips a number of its marks; false where it has letters, an extension, or anything but digits and usual marks. */
bool
parse_given(const char *number, Given &given)
{
	bool plus = false;
	size_t length = strnlen(number, LOYALTY_PHONE_MAX + 1);

	if (length > LOYALTY_PHONE_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
	{
		char c = number[i];

		if (c >= '0' && c <= '9')
			given.digits.push_back(c);
		else if (c == '+' && !plus && given.digits.empty())
			plus = true;
		else if (std::strchr(" -.()/", c) == nullptr)
			return false;
	}
	given.carries_code = plus || given.digits.compare(0, 2, "00") == 0;
	if (given.carries_code && !plus)
		given.digits.erase(0, 2);
	return !given.digits.empty();
}

/* The E.164 form of an international number if it is valid, and of that calling code unless 0 is asked for. */
bool
valid(const std::string &international, int code, std::string &e164)
{
	PhoneNumber parsed;

	if (international.empty() ||
		library().Parse(std::string("+").append(international), "ZZ", &parsed) !=
			PhoneNumberUtil::NO_PARSING_ERROR ||
		(code != 0 && parsed.country_code() != code) || parsed.has_extension() ||
		!library().IsValidNumber(parsed))
		return false;
	library().Format(parsed, PhoneNumberUtil::E164, &e164);
	return true;
}

/* An international number that a given one may stand for. */
struct Candidate
{
	int code; /* the calling code it must have; 0: any */
	std::string number;
};

/* Calling code of a country, such as 65. */
struct CallingCode
{
	int code;
};

/* The calling codes of countries, each once. */
std::vector<CallingCode>
calling_codes(const char *const *countries, int count)
{
	std::vector<CallingCode> codes;

	for (int i = 0; i < count; i++)
	{
		int code = calling_code(countries[i]);

		if (code != 0 && std::none_of(codes.begin(), codes.end(),
									  [code](const CallingCode &known) { return known.code == code; }))
			codes.push_back({ code });
	}
	return codes;
}

/* The international numbers that a number may stand for, likelier ones first. */
std::vector<Candidate>
candidates(const char *number, const char *const *countries, int count, bool country_code_passed)
{
	std::vector<Candidate> found;
	std::vector<CallingCode> codes = calling_codes(countries, country_code_passed ? count : 0);
	Given given{ false, "" };

	if (!parse_given(number, given))
		return found;
	if (codes.empty() && given.carries_code)
		found.push_back({ 0, given.digits });
	for (const CallingCode &known : codes)
	{
		std::string prefix = code_digits(known.code);

		if (given.digits.compare(0, prefix.size(), prefix) == 0)
			found.push_back({ known.code, given.digits });
	}
	for (const CallingCode &known : codes)
		if (!given.carries_code)
			found.push_back({ known.code, code_digits(known.code).append(given.digits) });
	return found;
}

/* Copies a text to C, with its final zero; false where it does not fit. */
bool
copy_out(const std::string &text, char *to, size_t size)
{
	if (text.size() >= size)
		return false;
	std::memcpy(to, text.c_str(), text.size() + 1);
	return true;
}

} // namespace

/* Asks for the calling code: a country without one has no numbers. */
extern "C" bool
loyalty_phone_region_known(const char *country)
{
	try
	{
		return calling_code(country) != 0;
	}
	catch (...)
	{
		return false;
	}
}

/* Tries the candidates until one is valid; what the library throws counts as none. */
extern "C" bool
loyalty_phone_normalise(const char *number, const char *const *countries, int count, bool country_code_passed,
						char *e164, size_t size)
{
	try
	{
		for (const Candidate &candidate : candidates(number, countries, count, country_code_passed))
		{
			std::string normal;

			if (valid(candidate.number, candidate.code, normal))
				return copy_out(normal, e164, size);
		}
		return false;
	}
	catch (...)
	{
		return false;
	}
}

/* Takes the likeliest candidate as it is. */
extern "C" bool
loyalty_phone_guess(const char *number, const char *const *countries, int count, bool country_code_passed,
					char *e164, size_t size)
{
	try
	{
		std::vector<Candidate> found = candidates(number, countries, count, country_code_passed);

		return !found.empty() && copy_out(std::string("+").append(found[0].number), e164, size);
	}
	catch (...)
	{
		return false;
	}
}

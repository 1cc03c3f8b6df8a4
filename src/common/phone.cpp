/*
 * phone.cpp: the one place that talks to libphonenumber.
 *
 * A number as given is stripped of the marks that people write between digits, then tried as every international
 * number that it may stand for, likelier ones first. The first that the library calls valid wins, so a number has one
 * normal form whoever writes it; a mobile has the token in it that its country puts into mobiles, whether it was written
 * or not. Where none is valid the first that is possible wins: the library's tables are as old as its package, and
 * who has a number of a new range has it all the same. Possible is what has the length of mobiles of its country, or what
 * is valid but for two digits in front: so plans grow.
 *
 * Asking what the library knows is most of the work: the guess leaves that out, for callers who look among known
 * numbers first. No exception leaves this file: it would unwind through the server's C frames; what is thrown counts as
 * "no normal form".
 */
#include "common/phone.h"

#include <dlfcn.h>

#include <algorithm>
#include <cctype>
#include <climits>
#include <cstdio>
#include <cstdlib>
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

const size_t E164_DIGITS = 15;

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

/*
 * Tells whether dots or slashes are what people write between groups of digits. A number that a spreadsheet made ends in
 * one digit behind a dot, or in two behind its only one; behind a slash the end of another number begins.
 */
bool
marks_separate(const std::string &number)
{
	size_t first = number.find_first_of("./");
	size_t last = number.find_last_of("./");
	int digits = 0;

	if (last == std::string::npos)
		return true;
	for (size_t i = last + 1; i < number.size(); i++)
		digits += number[i] >= '0' && number[i] <= '9';
	return digits == 0 || digits > 2 || (digits == 2 && first != last);
}

/* Tells whether the digits so far say that a country code was given. */
bool
carries_code(bool plus, const std::string &digits)
{
	return plus || digits.compare(0, 2, "00") == 0;
}

/* Tells whether the digits so far, which carry a country code, are that code and no more. */
bool
is_calling_code(bool plus, const std::string &digits)
{
	std::string code = plus ? digits : digits.substr(2);
	std::string region;

	if (code.empty() || code.size() > 3)
		return false;
	library().GetRegionCodeForCountryCode(std::atoi(code.c_str()), &region);
	return region != "ZZ";
}

/*
 * Strips a number of its marks; false where it has letters, an extension, or anything but digits and usual marks. Right
 * behind a calling code a zero in brackets is the one that is left out with the code; elsewhere it is a digit.
 */
bool
parse_given(const char *number, Given &given)
{
	bool plus = false;
	std::string text(number, strnlen(number, LOYALTY_PHONE_MAX + 1));

	if (text.size() > LOYALTY_PHONE_MAX || !marks_separate(text))
		return false;
	for (size_t i = 0; i < text.size(); i++)
	{
		char c = text[i];

		if (c >= '0' && c <= '9')
			given.digits.push_back(c);
		else if (c == '+' && !plus && given.digits.empty())
			plus = true;
		else if (std::strchr(" -.()/", c) == nullptr)
			return false;
		else if (text.compare(i, 3, "(0)") == 0 && carries_code(plus, given.digits) &&
				 is_calling_code(plus, given.digits))
			i += 2;
	}
	given.carries_code = carries_code(plus, given.digits);
	if (given.carries_code && !plus)
		given.digits.erase(0, 2);
	return !given.digits.empty();
}

/* Reads an international number, of that calling code unless 0 is asked for. */
bool
parse(const std::string &international, int code, PhoneNumber &parsed)
{
	return !international.empty() &&
		   library().Parse(std::string("+").append(international), "ZZ", &parsed) ==
			   PhoneNumberUtil::NO_PARSING_ERROR &&
		   (code == 0 || parsed.country_code() == code) && !parsed.has_extension();
}

/* The digits of a number behind its calling code. */
std::string
national(const PhoneNumber &number)
{
	std::string digits;

	library().GetNationalSignificantNumber(number, &digits);
	return digits;
}

/* Writes the E.164 form; false for more digits than the numbering plan of the world has. */
bool
format(const PhoneNumber &number, std::string &e164)
{
	library().Format(number, PhoneNumberUtil::E164, &e164);
	return e164.size() <= E164_DIGITS + 1;
}

/* A number with the token that its country puts into mobiles; false where there is none. */
bool
with_token(const PhoneNumber &number, PhoneNumber &mobile)
{
	std::string token;

	library().GetCountryMobileToken(number.country_code(), &token);
	return !token.empty() && parse(code_digits(number.country_code()).append(token).append(national(number)),
								   number.country_code(), mobile);
}

/* The E.164 form of an international number if it is valid; that of the mobile that it is with its country's token. */
bool
valid(const std::string &international, int code, std::string &e164)
{
	PhoneNumber parsed;
	PhoneNumber mobile;

	if (!parse(international, code, parsed))
		return false;
	if (with_token(parsed, mobile) && library().GetNumberType(mobile) == PhoneNumberUtil::MOBILE)
		return format(mobile, e164);
	return library().IsValidNumber(parsed) && format(parsed, e164);
}

/* Tells whether a number has the length of mobiles of its country. */
bool
has_length(const PhoneNumber &number)
{
	return library().IsPossibleNumberForTypeWithReason(number, PhoneNumberUtil::MOBILE) ==
		   PhoneNumberUtil::IS_POSSIBLE;
}

/*
 * Tells whether a number is a valid one but for two digits in front, as those of a plan that grew; one digit too many is a
 * slip of the finger, and so are two zeros and the calling code.
 */
bool
has_grown(const PhoneNumber &number)
{
	std::string code = code_digits(number.country_code());
	std::string digits = national(number);
	std::string front = digits.substr(0, 2);
	std::string rest = digits.substr(front.size());
	PhoneNumber before;

	return front != "00" && front != code && parse(code + rest, number.country_code(), before) &&
		   national(before) == rest && library().IsValidNumber(before);
}

/* The E.164 form of an international number if it is possible, with its country's token where it needs that. */
bool
possible(const std::string &international, int code, std::string &e164)
{
	PhoneNumber parsed;
	PhoneNumber mobile;

	if (!parse(international, code, parsed))
		return false;
	if (with_token(parsed, mobile) && has_length(mobile))
		return format(mobile, e164);
	return (has_length(parsed) || has_grown(parsed)) && format(parsed, e164);
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
candidates(const char *number, const LoyaltyPhoneRules &rules)
{
	std::vector<Candidate> found;
	std::vector<CallingCode> codes = calling_codes(rules.countries, rules.count);
	Given given{ false, "" };

	if (!parse_given(number, given))
		return found;
	for (const CallingCode &known : codes)
	{
		std::string prefix = code_digits(known.code);

		if ((given.carries_code || rules.country_code_passed) &&
			given.digits.compare(0, prefix.size(), prefix) == 0)
			found.push_back({ known.code, given.digits });
	}
	if (given.carries_code && found.empty() && (rules.accepts_foreign || codes.empty()))
		found.push_back({ 0, given.digits });
	for (const CallingCode &known : codes)
		if (!given.carries_code && rules.country_code_passed)
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

/* Tries all candidates as valid ones before any as a possible one; what the library throws counts as none. */
extern "C" bool
loyalty_phone_normalise(const char *number, const LoyaltyPhoneRules *rules, char *e164, size_t size)
{
	try
	{
		std::vector<Candidate> found = candidates(number, *rules);
		std::string normal;

		for (const Candidate &candidate : found)
			if (valid(candidate.number, candidate.code, normal))
				return copy_out(normal, e164, size);
		for (const Candidate &candidate : found)
			if (!rules->valid_only && possible(candidate.number, candidate.code, normal))
				return copy_out(normal, e164, size);
		return false;
	}
	catch (...)
	{
		return false;
	}
}

/* Takes the only candidate as it is. */
extern "C" bool
loyalty_phone_guess(const char *number, const LoyaltyPhoneRules *rules, char *e164, size_t size)
{
	try
	{
		std::vector<Candidate> found = candidates(number, *rules);

		return found.size() == 1 && copy_out(std::string("+").append(found[0].number), e164, size);
	}
	catch (...)
	{
		return false;
	}
}

/* Reads the name of the file that the library was loaded from, links followed: it has no function that tells. */
extern "C" const char *
loyalty_phone_version(void)
{
	static char version[32] = "unknown";
	Dl_info info;
	char path[PATH_MAX];
	const char *found;

	if (dladdr(reinterpret_cast<void *>(&PhoneNumberUtil::GetInstance), &info) != 0 &&
		info.dli_fname != nullptr && realpath(info.dli_fname, path) != nullptr &&
		(found = std::strstr(path, ".so.")) != nullptr)
		std::snprintf(version, sizeof(version), "%s", found + 4);
	return version;
}

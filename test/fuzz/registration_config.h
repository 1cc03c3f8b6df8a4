/* registration_config.h: any configuration of registrations, for fuzz targets of rules that ask it. */
#ifndef REGISTRATION_CONFIG_H
#define REGISTRATION_CONFIG_H

#include "customer/requirement_rules.h"
#include "fuzz_input.h"

/* Makes a configuration of whatever the input says. */
static RegistrationConfig
some_config(FuzzInput *input)
{
	RegistrationConfig config = { .keys = { .primary =
												(IdentifierType) fuzz_choice(input, IDENTIFIER_TYPE_COUNT),
											.email_unique = fuzz_bool(input),
											.dual = fuzz_bool(input) },
								  .any_identifier = fuzz_bool(input),
								  .primary_required = fuzz_bool(input),
								  .skip = fuzz_bool(input),
								  .strict = fuzz_bool(input) };
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		config.required[type] = fuzz_bool(input);
		config.replaceable[type] = fuzz_bool(input);
	}
	return config;
}

#endif

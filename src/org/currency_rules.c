/* currency_rules.c: the currencies of ISO 4217 and their minor units, as lists of codes. */
#include "org/currency_rules.h"

#include <stdio.h>
#include <string.h>

/*
 * ISO 4217, the alphabetic codes of list one, with those that were withdrawn since 2020, which history still
 * has. XTS (for tests) and XXX (no currency) are left out.
 */
static const char currencies[] =
	" AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD"
	" CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP"
	" GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW"
	" KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD"
	" NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE"
	" SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED"
	" VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG ZWL ";

/* Currencies without minor units. */
static const char whole[] = " BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";

/* Currencies of three digits or more; metals and units of account, to which ISO 4217 gives none, have any fraction. */
static const char thousandths[] =
	" BHD CLF IQD JOD KWD LYD OMR TND UYW XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XUA ";

/* Looks for a code in a list; the blanks around codes keep "ABA" from being found across two of them. */
static bool
is_among(const char *code, const char *list)
{
	char wanted[CURRENCY_LENGTH + 3];

	if (strlen(code) != CURRENCY_LENGTH || strchr(code, ' ') != NULL)
		return false;
	snprintf(wanted, sizeof(wanted), " %s ", code);
	return strstr(list, wanted) != NULL;
}

/* Looks among all. */
bool
loyalty_currency_is_known(const char *code)
{
	return is_among(code, currencies);
}

/* Looks among the exceptions. */
int64_t
loyalty_currency_step(const char *code)
{
	if (code == NULL)
		return 10;
	return is_among(code, whole) ? 1000 : is_among(code, thousandths) ? 1 : 10;
}

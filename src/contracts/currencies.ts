// How many decimals each currency has, from our own table: the runtime's Intl answers from CLDR,
// which follows cash habits (RSD has 2 decimals in one engine and 0 in another) and would move the
// decimal point of somebody's money.

/** The active codes of ISO 4217 (January 2026, with its funds codes) that have a minor unit. */
const codesByDecimals: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
    CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR
    PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const decimalsByCode: ReadonlyMap<string, number> = new Map(
  Object.entries(codesByDecimals).flatMap(([decimals, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(decimals)] as const),
  ),
);

/** Every code of the table, in alphabetical order. */
export const currencyCodes: readonly string[] = [...decimalsByCode.keys()].sort();

/**
 * Decimals of a currency's major unit (NGN 2, JPY 0, KWD 3). Undefined for a code that is not in
 * the table (gold, test and withdrawn codes): such an amount can only be shown in minor units.
 */
export function decimalsOf(currency: string): number | undefined {
  return decimalsByCode.get(currency);
}

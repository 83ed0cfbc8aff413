"""ISO 4217: every currency with its decimals; the only such table of the program.

Generated from list one of the maintenance agency (SIX), published on 2026-01-01, as the package
iso4217 1.16 carries it; `tests/data/currencies/iso4217-list-one-2026-01-01.csv` is that list. Codes
without decimals of their own (metals, test codes, XXX) are no currencies here.
"""

from __future__ import annotations

_BY_DECIMALS = {
    0: """
    BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
    """,
    2: """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
    CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
    GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD
    LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
    SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW
    ZWG
    """,
    3: """
    BHD IQD JOD KWD LYD OMR TND
    """,
    4: """
    CLF UYW
    """,
}
_WITHDRAWN = "ANG BGN CUC HRK SLL ZWL"
"""Withdrawn since 2020, all with two decimals (list three): older bookings are still in them."""

HISTORIC = frozenset(
    {"ATS", "CYP", "DEM", "EEK", "FIM", "FRF", "IEP", "LTL", "LVL", "MTL", "NLG", "SIT", "SKK"}
)
"""Gone into the euro, all with two decimals: read in old statements, not taken in reports."""

FUNDS = frozenset({"BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "XAD"})
"""Units of account and funds: nobody is paid in them, so intake does not take them."""

DECIMALS: dict[str, int] = {
    code: decimals for decimals, codes in _BY_DECIMALS.items() for code in codes.split()
} | dict.fromkeys([*_WITHDRAWN.split(), *HISTORIC], 2)
"""Decimals by code."""

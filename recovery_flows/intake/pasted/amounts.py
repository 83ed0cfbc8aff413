"""A sum as people write it: to a plain decimal and its currency; what can be two is refused."""

from __future__ import annotations

import re
from decimal import Decimal

from models.language.phrase import phrase
from models.money import exponent
from recovery_flows.intake.currencies import CURRENCIES
from recovery_flows.intake.refusals import CellRefusedError

_SUM = re.compile(
    r"(?P<before>[^\d+\-.,]*)(?P<sign>[+-]?)\s*(?P<number>\d[\d.,' ]*?)\s*(?P<wan>万?)"
    r"\s*(?P<after>[^\d.,]*)",
    re.ASCII,
)
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_GROUPED = re.compile(
    r"[0-9]{1,3}(?P<mark>[,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?P<fraction>\.[0-9]+)?"
)
_DIGITS_MAX = 30
_NAMES = {
    "rmb": "CNY", "元": "CNY", "圆": "CNY", "元整": "CNY", "人民币": "CNY", "人民币元": "CNY",
    "yuan": "CNY", "us$": "USD", "美元": "USD", "美金": "USD", "hk$": "HKD", "港币": "HKD",
    "港元": "HKD", "£": "GBP", "英镑": "GBP", "€": "EUR", "欧元": "EUR", "日元": "JPY",
}  # fmt: skip
_YEN_OR_YUAN = frozenset({"CNY", "JPY"})
_SIGN_OF_TWO = "¥"


def read_sum(text: str, hint: str, currency: str, home: str) -> tuple[str, str, str]:
    """(Plain decimal, ISO code, how it was understood) of a sum such as `CNY 12,345.60`.

    `hint` stood in brackets after the label, `currency` in a field of its own, `home` is the
    currency of the unit's banks: ¥ is read as it where it is yuan or yen. CellRefusedError where it
    is ambiguous; the code is "" where nothing names one.
    """
    if len(text) > _DIGITS_MAX * 2:
        raise CellRefusedError("amount", phrase("is longer than any sum"))
    match = _SUM.fullmatch(text.strip())
    if match is None:
        raise CellRefusedError("amount", phrase("is not a sum"))
    if match["sign"] == "-":
        raise CellRefusedError("amount", phrase("is negative"))
    named = [match["before"], match["after"], hint]
    code, note = _currency([n.strip(" .").casefold() for n in named], currency.strip(), home)
    number = _number(match["number"].strip(), code)
    if match["wan"]:
        number = _in_ten_thousands(number)
        note = "; ".join(part for part in (note, phrase("万 is ten thousand")) if part)
    return number, code, note


def _currency(named: list[str], field: str, home: str) -> tuple[str, str]:
    codes, has_sign = {field} if field else set(), False
    for name in named:
        if name in ("", _SIGN_OF_TWO):
            has_sign = has_sign or bool(name)
        elif name.upper() in CURRENCIES:
            codes.add(name.upper())
        elif name in _NAMES:
            codes.add(_NAMES[name])
        elif name == "$":
            raise CellRefusedError("currency", phrase("is a dollar of an unnamed country"))
        else:
            raise CellRefusedError(
                "amount", phrase("has words beside the figure that are not understood")
            )
    if has_sign and not codes and home in _YEN_OR_YUAN:
        return home, phrase("¥ is read as {home}", home=home)
    if len(codes) > 1 or (has_sign and codes and not codes <= _YEN_OR_YUAN):
        raise CellRefusedError("currency", phrase("is given twice and not the same"))
    if has_sign and not codes:
        raise CellRefusedError("currency", phrase("can be yuan or yen"))
    return next(iter(codes), ""), ""


def _number(text: str, code: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    grouped = _GROUPED.fullmatch(text)
    if grouped is None:
        why = phrase("can be read as two sums: its comma or blank may part thousands or decimals")
        raise CellRefusedError(
            "amount", why if _has_marks(text) else phrase("is not a plain decimal")
        )
    # With three decimals `1,234` may be one and a part, or a thousand.
    is_one_mark = text.count(grouped["mark"]) == 1 and not grouped["fraction"]
    if is_one_mark and grouped["mark"] == "," and code in CURRENCIES and exponent(code) == 3:
        raise CellRefusedError(
            "amount", phrase("can be read as two sums: its comma may part decimals")
        )
    return text.replace(grouped["mark"], "")


def _has_marks(text: str) -> bool:
    return any(mark in text for mark in ",' ")


def _in_ten_thousands(number: str) -> str:
    total = Decimal(number) * 10_000
    return f"{total.normalize():f}"

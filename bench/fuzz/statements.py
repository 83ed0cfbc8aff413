"""Statement files of a grammar that knows the real names and puts them anywhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

from bench.fuzz.dice import WORDS, Dice, encoded

_LEAVES: dict[str, Callable[[Dice], str]] = {
    "Amt": Dice.amount, "Dt": Dice.day,
    "CdtDbtInd": lambda dice: dice.word() if dice.is_odd() else dice.of(("CRDT", "DBIT")),
    "DtTm": Dice.day, "FrDtTm": Dice.day, "ToDtTm": Dice.day, "Ccy": Dice.currency,
}  # fmt: skip
_PARTS: dict[str, tuple[str, ...]] = {
    "Document": ("BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn"),
    "BkToCstmrStmt": ("GrpHdr", "Stmt", "Stmt"), "BkToCstmrAcctRpt": ("GrpHdr", "Rpt"),
    "BkToCstmrDbtCdtNtfctn": ("Ntfctn",),
    "Stmt": ("Id", "FrToDt", "Acct", "Bal", "Bal", "Ntry", "Ntry", "Ntry"),
    "Rpt": ("Id", "Acct", "Bal", "Ntry", "Ntry"), "Ntfctn": ("Id", "Acct", "Ntry"),
    "GrpHdr": ("MsgId", "CreDtTm"), "FrToDt": ("FrDtTm", "ToDtTm"),
    "Acct": ("Id/IBAN", "Ccy", "Nm"),
    "Bal": ("Tp/CdOrPrtry/Cd", "Amt", "CdtDbtInd", "Dt/Dt"),
    "Ntry": ("NtryRef", "Amt", "CdtDbtInd", "RvslInd", "Sts/Cd", "BookgDt/Dt", "ValDt/DtTm",
             "AcctSvcrRef", "BkTxCd/Domn/Fmly/SubFmlyCd", "AmtDtls/TxAmt/Amt", "NtryDtls"),
    "NtryDtls": ("Btch", "TxDtls", "TxDtls"),
    "TxDtls": ("Refs/EndToEndId", "Refs/UETR", "Amt", "CdtDbtInd", "RltdPties/Dbtr/Nm",
               "RltdPties/DbtrAcct/Id/IBAN", "RltdPties/CdtrAcct/Id/Othr/Id",
               "RltdAgts/DbtrAgt/FinInstnId/BICFI", "RmtInf/Ustrd", "RtrInf/Rsn/Cd"),
}  # fmt: skip
_NAMES = tuple(
    sorted({part for parts in _PARTS.values() for path in parts for part in path.split("/")})
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_ODD_HEADS = (
    "", "\ufeff", " \n", '<?xml version="1.0" encoding="UTF-16"?>', "<!-- c -->",
    "<!DOCTYPE Document [<!ENTITY a 'b'>]>", '<?xml version="1.0" encoding="x"?>',
)  # fmt: skip
_OFX_HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n"
_ODD_OFX_HEADS = (
    '<?OFX OFXHEADER="200" VERSION="211"?>', "OFXHEADER:100\nCHARSET:1252\n\n", "", "<!DOCTYPE a>",
)  # fmt: skip
_NAMESPACES = (
    "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08",
    "urn:iso:std:iso:20022:tech:xsd:camt.052.001.02",
    "urn:x", "",
)  # fmt: skip
_NEEDED = frozenset({"Amt", "CdtDbtInd", "Stmt", "Acct", "BkToCstmrStmt"})
_OPENING = ("OPBD", "CLBD", "PRCD", "ITBD", "x")


def camt(dice: Dice) -> bytes:
    """A camt document, now and then with names in the wrong place, twice, or missing."""
    root = f' xmlns="{dice.of(_NAMESPACES)}"' if dice.random() < 0.9 else ""
    head = dice.of(_ODD_HEADS) if dice.is_odd() else _HEAD
    return encoded(dice, f"{head}{_element(dice, 'Document', root, 0)}")


def _element(dice: Dice, name: str, attributes: str, depth: int) -> str:
    if dice.is_odd() and dice.chance(6):
        return ""
    if dice.is_odd() and dice.chance(8):
        name = dice.of(_NAMES)
    parts = _PARTS.get(name)
    if parts is None or depth > 12:
        return f"<{name}{attributes or _coded(dice, name)}>{_text(dice, name)}</{name}>"
    chosen = _chosen(dice, name, parts)
    if dice.is_odd():
        chosen.insert(dice.randrange(len(chosen) + 1), dice.of(_NAMES))
    if dice.is_odd() and chosen:
        chosen.append(dice.of(chosen))
    inside = "".join(_path(dice, part, depth) for part in chosen)
    return f"<{name}{attributes}>{inside}</{name}>"


def _chosen(dice: Dice, name: str, parts: tuple[str, ...]) -> list[str]:
    """Some of the parts, of a document one; what is there several times is less often."""
    if name == "Document":
        return [dice.of(parts)]
    found: list[str] = []
    for part in parts:
        often = 0.3 if part in found else 1.0 if part in _NEEDED else 0.7
        if dice.random() < often:
            found.append(part)
    return found


def _path(dice: Dice, path: str, depth: int) -> str:
    first, _, rest = path.partition("/")
    if not rest:
        return _element(dice, first, "", depth + 1)
    return f"<{first}>{_path(dice, rest, depth + 1)}</{first}>"


def _coded(dice: Dice, name: str) -> str:
    return f' Ccy="{escape(dice.currency())}"' if name == "Amt" and not dice.is_odd() else ""


def _text(dice: Dice, name: str) -> str:
    if name == "Cd" and dice.chance(2):
        return dice.of(_OPENING)
    text = dice.value() if dice.is_odd() else _LEAVES.get(name, Dice.word)(dice)
    return escape(text.replace("\x00", "")) if not dice.is_odd() else text


def mt940(dice: Dice) -> bytes:
    """Lines of tags, in an order that is mostly theirs."""
    lines = []
    for _ in range(1 + dice.few(3)):
        lines += [f":20:{dice.word()}", f":25:{dice.of(('TESTDEFF/99990001EUR', dice.word()))}"]
        lines += [f":28C:{dice.randrange(99)}", f":60F:{_balance(dice)}"]
        for _ in range(dice.few(5)):
            lines += _booking(dice)
        lines.append(f":62F:{_balance(dice)}")
        if dice.chance(4):
            lines.append(dice.of((":64:C260302EUR1,00", "-", "-}", ":34F:EURD1,", ":13D:x", "{4:")))
    while dice.is_odd():
        lines.insert(
            dice.randrange(len(lines) + 1), dice.of(lines) if dice.chance(2) else dice.value()
        )
    end = dice.of(("\r\n", "\n", "\r"))
    return encoded(dice, end.join(lines))


def _balance(dice: Dice) -> str:
    day = dice.day() if dice.is_odd() else "260302"
    amount = dice.amount().replace(".", ",")
    return f"{dice.of('CDX') if dice.is_odd() else dice.of('CD')}{day}{dice.currency()}{amount}"


def _booking(dice: Dice) -> list[str]:
    day = dice.day() if dice.is_odd() else "2603020302"
    sign = dice.of(("CR", "", "X")) if dice.is_odd() else dice.of(("C", "D", "RC", "RD", "EC"))
    amount = dice.amount().replace(".", ",")
    line = f":61:{day}{sign}{amount}NTRF{dice.word()}//{dice.word()}"
    codes = ("?20EREF+", "?30", "?31", "?32")
    texts = f":86:166?00{dice.word()}" + "".join(code + dice.word() for code in codes)
    return [line, dice.of((texts, f":86:{dice.word()}", ":NS:01x", dice.word()))]


def ofx(dice: Dice) -> bytes:
    """OFX with and without ends of tags."""
    head = dice.of(_ODD_OFX_HEADS) if dice.is_odd() else _OFX_HEAD
    bookings = "".join(_transaction(dice) for _ in range(dice.few(6)))
    name = dice.of(("STMTRS", "STMTRS", "CCSTMTRS", "INVSTMTRS"))
    body = (
        f"<{name}>{_tag(dice, 'CURDEF', dice.currency())}<BANKACCTFROM>"
        f"{_tag(dice, 'BANKID', dice.word())}{_tag(dice, 'ACCTID', dice.word())}</BANKACCTFROM>"
        f"<BANKTRANLIST>{_tag(dice, 'DTSTART', dice.day())}{_tag(dice, 'DTEND', dice.day())}"
        f"{bookings}</BANKTRANLIST><LEDGERBAL>{_tag(dice, 'BALAMT', dice.amount())}"
        f"{_tag(dice, 'DTASOF', dice.day())}</LEDGERBAL></{name}>"
    )
    return encoded(
        dice, f"{head}<OFX><BANKMSGSRSV1>{body * (1 + dice.few(2))}</BANKMSGSRSV1></OFX>"
    )


def _transaction(dice: Dice) -> str:
    tags = (
        ("TRNTYPE", dice.of(("CREDIT", "ATM", "x"))), ("DTPOSTED", dice.day().replace("-", "")),
        ("TRNAMT", dice.amount()), ("FITID", dice.word()), ("NAME", dice.word()),
        ("MEMO", dice.word()),
        (dice.of(("CURSYM", "TRNAMT", "X.Y")) if dice.is_odd() else "CHECKNUM", dice.value()),
    )  # fmt: skip
    inside = "".join(_tag(dice, *tag) for tag in tags if not dice.is_odd())
    currency = "<CURRENCY>" if dice.chance(20) else ""
    return f"<STMTTRN>{currency}{inside}{'' if dice.is_odd() else '</STMTTRN>'}"


def _tag(dice: Dice, name: str, text: str) -> str:
    return f"<{name}>{text}" + (f"</{name}>" if dice.chance(2) else dice.of(("", "\n")))


def zipped(dice: Dice) -> bytes:
    """A zip of one to four statement files, some broken; now and then the zip itself is."""
    made = io.BytesIO()
    method = dice.of(
        (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    )
    with zipfile.ZipFile(made, "w", method) as archive:
        for number in range(1 + dice.few(3)):
            made_by = dice.of((camt, mt940, ofx))
            name = dice.of(
                (f"{number}.xml", f"d/{number}", dice.of(WORDS).encode("utf-8", "replace").decode())
            )
            archive.writestr(zipfile.ZipInfo(name.replace("\0", "") or "x"), made_by(dice), method)
    return made.getvalue()

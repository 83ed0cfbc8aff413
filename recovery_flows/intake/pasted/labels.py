"""What the fields of a report are called, in English and Chinese; how each is mended."""

from __future__ import annotations

import re
from collections.abc import Mapping

from models.language.phrase import phrase

BANK, ACCOUNT, CASE = "bank", "account", "case_number"
"""Labels that do not say whose it is, and the one that is no column of a complaint file."""

_LABELS: Mapping[str, str] = {
    "external_ref": "external ref, ref, report, report ref, report number, report no, report id, "
    "ticket, our ref, 报案编号, 报案号, 警情编号, 受案编号, 编号",
    "victim_name": "victim name, victim, name of victim, name, reporter, complainant, "
    "受害人, 受害人姓名, 被害人, 被害人姓名, 报案人, 报案人姓名, 事主, 事主姓名, 姓名",
    "victim_contact": "victim contact, contact, phone, victim phone, phone number, tel, telephone, "
    "mobile, email, e mail, 电话, 联系电话, 手机, 手机号, 手机号码, 联系方式, 邮箱",
    "victim_bank": "victim bank, from bank, bank from, payer bank, sender bank, "
    "付款银行, 付款行, 付款开户行, 转出银行, 转出行, 受害人银行, 受害人开户行",
    "victim_account": "victim account, from account, account from, paid from, payer account, "
    "sender account, debit account, 付款账号, 付款账户, 付款卡号, 转出账号, 转出账户, 转出卡号, "
    "汇款账号, 受害人账号, 受害人账户, 受害人卡号",
    "payee_bank": "payee bank, to bank, bank to, beneficiary bank, recipient bank, receiver bank, "
    "suspect bank, 收款银行, 收款行, 收款开户行, 转入银行, 转入行, 对方银行, 对方开户行, 涉案银行",
    "payee_account": "payee account, to account, account to, paid to, beneficiary account, "
    "recipient account, receiver account, suspect account, mule account, credit account, 收款账号, "
    "收款账户, 收款卡号, 转入账号, 转入账户, 转入卡号, 对方账号, 对方账户, 嫌疑人账号, 嫌疑账户, "
    "涉案账号, 涉案账户",
    "payee_name": "payee name, payee, to name, beneficiary, beneficiary name, recipient, "
    "recipient name, holder, account holder, suspect, suspect name, 收款人, 收款人姓名, 收款户名, "
    "户名, 对方户名, 嫌疑人, 嫌疑人姓名",
    "amount": "amount, sum, loss, amount paid, amount lost, paid amount, 金额, 转账金额, 汇款金额, "
    "付款金额, 被骗金额, 损失金额, 涉案金额, 交易金额",
    "currency": "currency, ccy, 币种, 货币",
    "paid_at": "paid at, time, date, when, payment time, time of payment, transfer time, "
    "transaction time, date and time, 时间, 日期, 转账时间, 付款时间, 汇款时间, 交易时间, 被骗时间",
    "reported_at": "reported at, reported, report time, time of report, 报案时间, 报警时间",
    "end_to_end_id": "end to end id, end to end, e2e, e2e id, uetr, reference, payment reference, "
    "transaction id, transaction reference, 流水号, 交易流水号, 交易号, 参考号",
    "method": "method, type, fraud type, scam type, kind of fraud, trick, "
    "诈骗类型, 诈骗手法, 手段, 类型, 案件类型",
    CASE: "case number, case, case no, case ref, 案号, 案件编号, 立案编号",
    BANK: "bank, 银行, 开户行, 开户银行",
    ACCOUNT: "account, account number, 账号, 账户, 卡号",
}

MENDS: Mapping[str, str] = {
    "external_ref": phrase("write `report: NUMBER`, or leave it out"),
    "victim_name": phrase("write `victim: NAME`"),
    "victim_contact": phrase("write `phone: NUMBER` in at most 200 characters"),
    "victim_bank": phrase("write `from bank: NAME`, as `recovery partner list` names it"),
    "victim_account": phrase("write `from account: NUMBER`"),
    "payee_bank": phrase("write `to bank: NAME`, as `recovery partner list` names it"),
    "payee_account": phrase("write `to account: NUMBER`"),
    "payee_name": phrase("write `payee: NAME` in at most 200 characters"),
    "amount": phrase("write `amount: CNY 12345.60`"),
    "currency": phrase("write it with the amount, such as `CNY 12345.60`"),
    "paid_at": phrase("write `time: 2026-03-02 14:05`"),
    "reported_at": phrase("write `reported: 2026-03-02 14:05`, or leave it out"),
    "end_to_end_id": phrase("write `uetr: REFERENCE` in at most 64 characters, or leave it out"),
    "method": phrase("write `method: WORD` in at most 64 characters, or leave it out"),
    CASE: phrase("write `case: NUMBER` in at most 64 characters"),
}
"""By field, what to write instead."""

TITLES: Mapping[str, str] = {
    "amount": phrase("amount"),
    "external_ref": phrase("report"),
    "victim_name": phrase("victim"),
    "victim_contact": phrase("phone"),
    "victim_bank": phrase("from bank"),
    "victim_account": phrase("from account"),
    "payee_bank": phrase("to bank"),
    "payee_account": phrase("to account"),
    "payee_name": phrase("payee"),
    "paid_at": phrase("time"),
    "reported_at": phrase("reported"),
    "end_to_end_id": phrase("uetr"),
    CASE: phrase("case"),
}
"""What a field is called to people, where that is not its own name."""

PERSONAL = frozenset(
    {"victim_name", "victim_contact", "victim_account", "payee_account", "payee_name"}
)
"""Fields that name a person or a person's account."""

_APART = re.compile(r"[\s_\-/.]+")
_HINT = re.compile(r"(?P<label>[^()]+)\((?P<hint>[^()]*)\)\Z")


def spelled(label: str) -> str:
    """One spelling of a label: small letters, single blanks, no quotes, no plural's apostrophe."""
    plain = label.strip().strip("\"'“”‘’`*").casefold().replace("'s", "").replace("’s", "")
    return _APART.sub(" ", plain).strip()


FIELD_OF: Mapping[str, str] = {
    spelled(name): field for field, names in _LABELS.items() for name in names.split(",")
}
"""Field by the spelling of its label."""


def field_of(label: str) -> tuple[str, str]:
    """(Field, what stands in brackets after its label, such as a currency); "" for no label."""
    found = FIELD_OF.get(spelled(label))
    if found:
        return found, ""
    match = _HINT.match(label.strip())
    found = FIELD_OF.get(spelled(match["label"])) if match else None
    return (found, match["hint"].strip()) if match and found else ("", "")


def label_pattern() -> str:
    """A regular expression of every label, the longest first; any blanks between its words."""
    names = sorted(FIELD_OF, key=len, reverse=True)
    return "|".join(r"[\s_\-]+".join(map(re.escape, name.split())) for name in names)

"""What a letter is made of: the frozen order, the bank's desk, the law, the approval."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn, Protocol

from models.case_file import CaseFile
from models.entities.call import CallKind, CallRow
from models.entities.hold import HoldKind, HoldRow
from models.facts import AccountRef
from models.ids import canonical, digest_bytes
from models.language.phrase import phrase
from models.money import Money
from models.queries.cases.letters import addressee, bank_name
from models.queries.cases.requests import fields_place, sealed_fields
from models.queries.cases.views import masked_account, masked_name
from models.queries.cases.work import CallLine, account_ref
from models.store.unit import Unit
from recovery_flows.correspondence.documents.text import Addressee, LetterFacts, Order, Sender
from recovery_flows.correspondence.letters.legal_grounds import approval_of, basis_of
from recovery_flows.errors import MisuseError
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.law.rows import Limit, LimitUnit
from recovery_flows.partners.letter_channel import account_of, regime_of

_LOOK_BACK = timedelta(days=30)
_QUESTIONS = (CallKind.STATEMENT, CallKind.BALANCE)
_OWN_WORDS = frozenset({"account"})
"""Fields of a request that name our own ids: the letter has the account in full."""
_UNITS = {
    LimitUnit.HOURS: "hours", LimitUnit.DAYS: "days", LimitUnit.BANKING_DAYS: "banking days",
    LimitUnit.MONTHS: "months", LimitUnit.YEARS: "years",
}  # fmt: skip


class OrderMaker(Protocol):
    """Spells an order as an interface would get it: where to, and which bytes."""

    def __call__(
        self, unit: Unit, file: CaseFile, call: CallLine, laws: Regimes
    ) -> tuple[str, bytes]:
        """The path and the body."""
        ...


def _no_orders(unit: Unit, file: CaseFile, call: CallLine, laws: Regimes) -> NoReturn:
    del unit, file, call, laws
    raise MisuseError(phrase("no letters are written here: `recovery letter` writes them"))


@dataclass(frozen=True, slots=True)
class Post:
    """Who writes letters, and what spells their orders; the composition root puts it together."""

    sender: Sender = Sender()  # noqa: RUF009 - a frozen value
    make_order: OrderMaker = _no_orders


NO_POST = Post()


def order_bytes(
    unit: Unit, file: CaseFile, call: CallLine, laws: Regimes, post: Post
) -> tuple[str, bytes]:
    """Where the order would go and its bytes, as an interface would get them.

    An interface is asked its questions without a body; a letter's question is spelled likewise.
    """
    if call.body:
        return call.path, call.body
    if call.kind not in _QUESTIONS:
        return post.make_order(unit, file, call, laws)
    account = account_ref(unit.session, unit.vault, account_of(file, _row(file, call)))
    since = min(c.paid_at for c in file.claims) - _LOOK_BACK
    named = {"number": account.number, "holderName": account.holder}
    body = {"question": str(call.kind), "account": named, "fromDate": since.isoformat()}
    return f"/letters/{call.kind}", canonical(body)


def letter_facts(
    unit: Unit,
    file: CaseFile,
    call: CallLine,
    body: bytes,
    laws: Regimes,
    sender: Sender,
    now: datetime,
) -> LetterFacts:
    """Everything that the letter of a call says, in full."""
    law = laws[regime_of(file, _row(file, call))]
    name, acting = addressee(unit.session, unit.vault, call.partner_id)
    return LetterFacts(
        sender=sender,
        addressee=Addressee(name, acting),
        order=_order(unit, file, call, json.loads(body), law),
        dated=now,
        zone=law.time_zone,
        ref=file.recovery.ref,
        case_number=file.recovery.case_number,
        letter_id=call.id,
        order_digest=digest_bytes(body),
        basis=basis_of(file, call, laws, law),
        approval=approval_of(unit.session, file, call, laws, law),
    )


def masked(facts: LetterFacts) -> LetterFacts:
    """The same with account numbers, names and the bank's desk as they may be shown."""
    order = replace(
        facts.order,
        account=_masked(facts.order.account),
        payee=None if facts.order.payee is None else _masked(facts.order.payee),
    )
    acting = ("(its desk, as registered)",) if facts.addressee.lines else ()
    return replace(facts, order=order, addressee=Addressee(facts.addressee.name, acting))


def _masked(account: AccountRef) -> AccountRef:
    holder = masked_name(account.holder) if account.holder else ""
    return AccountRef(account.bank, masked_account(account.number[-4:]), holder)


def _row(file: CaseFile, call: CallLine) -> CallRow:
    return next(c for c in file.calls if c.id == call.id)


def _order(
    unit: Unit, file: CaseFile, call: CallLine, body: Mapping[str, object], law: Regime
) -> Order:
    if call.kind in (CallKind.HOLD, CallKind.REQUEST):
        return _hold_order(unit, file, call, body, law)
    account = account_ref(unit.session, unit.vault, account_of(file, _row(file, call)))
    if call.kind in _QUESTIONS:
        is_statement = call.kind is CallKind.STATEMENT
        since = datetime.fromisoformat(str(body["fromDate"])) if is_statement else None
        return Order(kind=call.kind, order_ref=call.id, account=account, since=since)
    if call.kind is CallKind.PAYOUT:
        return _payout_order(unit, file, call, body, account)
    hold = file.hold(call.subject_id)
    part, ends = body.get("amount"), body.get("expiresAt")
    whole = Money(hold.held_minor, hold.currency)
    return Order(
        kind=call.kind,
        order_ref=hold.id,
        their_ref=_their_ref(hold),
        account=account,
        amount=_money(part) if part else whole,
        is_part=bool(part),
        ends_at=datetime.fromisoformat(str(ends)) if ends else None,
    )


def _hold_order(
    unit: Unit, file: CaseFile, call: CallLine, body: Mapping[str, object], law: Regime
) -> Order:
    hold = file.hold(call.subject_id)
    ends = body["expiresAt"]
    fields: dict[str, str] = {}
    if hold.request_id:
        fields = json.loads(
            unit.vault.open(
                sealed_fields(unit.session, hold.request_id), fields_place(hold.request_id)
            )
            or "{}"
        )
    is_stop = hold.kind is HoldKind.STOP
    limit = law.row(hold.law_row).limit
    return Order(
        kind=call.kind,
        hold_kind=hold.kind,
        order_ref=str(body["orderRef"]),
        account=_account_in(body["account"]),
        amount=_money(body["amount"]),
        ends_at=datetime.fromisoformat(str(ends)) if ends else None,
        term=f"{limit_words(limit)} from the moment at which you act" if is_stop else "",
        before=str(body["supersedes"] or ""),
        fields=tuple((n, t) for n, t in sorted(fields.items()) if n not in _OWN_WORDS),
    )


def _payout_order(
    unit: Unit, file: CaseFile, call: CallLine, body: Mapping[str, object], account: AccountRef
) -> Order:
    payout = next(p for p in file.payouts if p.id == call.subject_id)
    payee = account_ref(unit.session, unit.vault, payout.payee_account_id)
    return Order(
        kind=call.kind,
        order_ref=payout.id,
        their_ref=_their_ref(file.hold(payout.hold_id)),
        account=account,
        amount=_money(body["amount"]),
        payee=payee,
        payee_bank=f"{bank_name(unit.session, payee.bank)} ({payee.bank})",
        remittance=str(body["remittance"]),
        decision_ref=str(body["decisionRef"]),
    )


def _account_in(part: object) -> AccountRef:
    named = part if isinstance(part, dict) else {}
    return AccountRef("", str(named["number"]), str(named["holderName"]))


def _money(part: object) -> Money:
    named = part if isinstance(part, dict) else {}
    return Money.parse(str(named["amount"]), str(named["currency"]))


def _their_ref(hold: HoldRow) -> str:
    """The bank's own reference, where it named one of its own."""
    return "" if hold.bank_ref == hold.id else hold.bank_ref


def limit_words(limit: Limit) -> str:
    """A term of the law in words: `48 hours`."""
    return f"{limit.count} {_UNITS[limit.unit]}"

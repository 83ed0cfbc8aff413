"""The key `m` of the restitution: what an officer does about money by other ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual.app import ComposeResult
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from models.entities.outside.third_party_claim import DamagesSource, ThirdPartyGround
from models.facts import AccountRef
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.caller import read_named
from recovery_flows.cases import money_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.clawbacks import actions as clawbacks
from recovery_flows.cases.court_lists import actions as court_lists
from recovery_flows.cases.third_parties import actions as third_parties
from recovery_flows.cases.unclaimed import actions as unclaimed
from recovery_flows.cases.victims import actions as victims
from recovery_flows.cases.views.other_ways import Doable, WayAct
from recovery_flows.cases.views.restitution_views import RestitutionPage
from recovery_flows.cross_border.channels import Channel
from recovery_flows.errors import MisuseError
from recovery_flows.intake.recall_messages import BYTES_MAX
from recovery_flows.recalls import actions, answer_actions
from tui.act_log import command
from tui.screens.dialogs import AskLine, Dialog
from tui.state_styles import MUTED
from tui.text import word

if TYPE_CHECKING:
    from tui.context import Terminal

_Kind = TypeVar("_Kind", bound=StrEnum)
_ASKS: Mapping[WayAct, str] = {
    WayAct.INVITE: phrase("what he was told, and how; stored encrypted"),
    WayAct.PLAN: "250.00@2026-05-01T00:00+08:00 250.00@2026-06-01T00:00+08:00",
    WayAct.REMIND: phrase("how he was reminded; stored encrypted"),
    WayAct.END_RETURN: phrase("why nothing more is expected; stored encrypted"),
    WayAct.RECEIVE: phrase("BANK ACCOUNT BOOKING, of a credit that an imported statement shows"),
    WayAct.RECALL_SENT: phrase("how it went, such as the bank's portal"),
    WayAct.RECALL_ANSWER: phrase("the file with the bank's message"),
    WayAct.RECALL_CHASE: phrase("how the bank was asked again; stored encrypted"),
    WayAct.RECALL_END: phrase("why nothing more is expected; stored encrypted"),
    WayAct.UNCLAIMED_ANNOUNCE: phrase("what was done to find the payee; stored encrypted"),
    WayAct.UNCLAIMED_CLAIMED: phrase("how he came forward; stored encrypted"),
    WayAct.UNCLAIMED_TRANSFER: phrase("BANK ACCOUNT HOLDER, of the treasury's account"),
    WayAct.UNCLAIMED_REFUND: phrase("AMOUNT INSTANT FILE, of the paper that shows it"),
    WayAct.CLAWBACK_REMIND: phrase("how he was reminded; stored encrypted"),
    WayAct.CLAWBACK_WRITE_OFF: phrase("why it does not come; stored encrypted"),
    WayAct.COURT_IDENTIFY: phrase("CLAIM and how it was found out; the latter is stored encrypted"),
    WayAct.COURT_SET_ASIDE: phrase("why it is nobody's here; stored encrypted"),
    WayAct.COURT_END: phrase("how the court withdrew it; stored encrypted"),
    WayAct.VICTIM_SENT: phrase(
        "en or zh, and how the messages went; the latter is stored encrypted"
    ),
    WayAct.THIRD_PARTY_FILE: phrase(
        "excess, good-faith or wrong-freeze, AMOUNT (- for all), his words"
    ),
    WayAct.THIRD_PARTY_DECIDE: phrase(
        "uphold, reject or an AMOUNT, and why; the latter is encrypted"
    ),
    WayAct.THIRD_PARTY_APPEAL: phrase("what he says; stored encrypted"),
    WayAct.THIRD_PARTY_WITHDRAW: phrase("how he took it back; stored encrypted"),
    WayAct.THIRD_PARTY_PAY: phrase(
        "unit-budget, treasury, bank or insurer, AMOUNT INSTANT BOOKING FILE"
    ),
}
NOTHING = phrase("there is nothing to do about money by other ways now")


class PickAct(Dialog[Doable]):
    """Asks what is done about money by other ways."""

    AUTO_FOCUS = "OptionList"

    def __init__(self, ref: str, acts: tuple[Doable, ...]) -> None:
        super().__init__(phrase("{ref}: money by other ways", ref=ref))
        self._acts = acts

    def compose_question(self) -> ComposeResult:
        yield Label(
            word(phrase("A promise is no money; what came in counts with a second yes."), MUTED)
        )
        yield OptionList(*(Option(word(one.text)) for one in self._acts))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._acts[event.option_index])


def ask_act(app: Terminal, page: RestitutionPage) -> None:
    """Ask what is done, then the one line that it takes, then do it."""
    if not page.doable:
        app.say(NOTHING, refused=True)
        return

    def chosen(one: Doable | None) -> None:
        if one is not None:
            sentence = f"$ recovery {one.act} {page.ref} {one.subject_id}".rstrip()
            if one.act is WayAct.RECALL_ANSWER:
                sentence = f"$ recovery {one.act} FILE"
            title = phrase("{ref}: {text}", ref=page.ref, text=one.text)
            app.push_screen(AskLine(title, sentence, _ASKS[one.act]), partial(answered, one))

    def answered(one: Doable, text: str | None) -> None:
        if text is not None:
            named = [page.ref, one.subject_id] if one.subject_id else [page.ref]
            told = command(*one.act.split(), *named)
            app.perform(partial(_do, page, one, text, app.source.channels), command=told)

    app.push_screen(PickAct(page.ref, page.doable), chosen)


def _do(
    page: RestitutionPage,
    one: Doable,
    text: str,
    channels: Mapping[str, Channel],
    acting: CaseOfficer,
) -> str:
    rid, name = page.recovery_id, one.subject_id
    acts: Mapping[WayAct, Callable[[], str]] = {
        WayAct.INVITE: lambda: money_actions.invite(acting, rid, name, text, None),
        WayAct.PLAN: lambda: money_actions.promise(
            acting, rid, name, _parts(text, page.currency), phrase("plan: {text}", text=text)
        ),
        WayAct.REMIND: lambda: money_actions.remind(acting, rid, name, text),
        WayAct.END_RETURN: lambda: money_actions.end(acting, rid, name, text),
        WayAct.RECEIVE: lambda: money_actions.receive(acting, rid, _incoming(text, name)),
        WayAct.RECALL_SENT: lambda: actions.sent(acting, rid, name, text, channels),
        WayAct.RECALL_ANSWER: lambda: _answer(acting, text, channels),
        WayAct.RECALL_CHASE: lambda: actions.chase(acting, rid, name, text, channels),
        WayAct.RECALL_END: lambda: actions.end(acting, rid, name, text),
        WayAct.UNCLAIMED_ANNOUNCE: lambda: unclaimed.announce(acting, rid, name, text),
        WayAct.UNCLAIMED_CLAIMED: lambda: unclaimed.claimed(acting, rid, name, text),
        WayAct.UNCLAIMED_TRANSFER: lambda: unclaimed.transfer(
            acting, rid, name, AccountRef(*_words(text, one.act))
        ),
        WayAct.UNCLAIMED_REFUND: lambda: _refund(acting, page, name, text),
        WayAct.CLAWBACK_REMIND: lambda: clawbacks.remind(acting, rid, name, text),
        WayAct.CLAWBACK_WRITE_OFF: lambda: clawbacks.write_off(acting, rid, name, text),
        WayAct.COURT_IDENTIFY: lambda: court_lists.identify(
            acting, rid, name, *_words(text, one.act, 2)
        ),
        WayAct.COURT_SET_ASIDE: lambda: court_lists.set_aside(acting, rid, name, text),
        WayAct.COURT_END: lambda: court_lists.end(acting, rid, name, text),
        WayAct.VICTIM_SENT: lambda: victims.sent(acting, rid, "", *_words(text, one.act, 2)),
        WayAct.THIRD_PARTY_FILE: lambda: _file(acting, rid, name, text),
        WayAct.THIRD_PARTY_DECIDE: lambda: _decide(acting, rid, name, text),
        WayAct.THIRD_PARTY_APPEAL: lambda: third_parties.appeal(acting, rid, name, text),
        WayAct.THIRD_PARTY_WITHDRAW: lambda: third_parties.withdraw(acting, rid, name, text),
        WayAct.THIRD_PARTY_PAY: lambda: _pay(acting, rid, name, text),
    }
    return acts[one.act]()


def _parts(text: str, currency: str) -> list[tuple[Money, datetime]]:
    found = []
    for part in text.split():
        amount, _, due = part.partition("@")
        try:
            at = datetime.fromisoformat(due)
            found.append((Money.parse(amount, currency), at))
        except ValueError as error:
            raise MisuseError(
                phrase("{part!r} is not AMOUNT@INSTANT: {asks}", part=part, asks=_ASKS[WayAct.PLAN])
            ) from error
        if at.tzinfo is None:
            raise MisuseError(
                phrase(
                    "{part!r} has no offset from UTC: {asks}", part=part, asks=_ASKS[WayAct.PLAN]
                )
            )
    return found


def _words(text: str, act: WayAct, count: int = 3) -> list[str]:
    words = text.split(maxsplit=count - 1)
    if len(words) != count:
        raise MisuseError(phrase("type {asks}", asks=_ASKS[act]))
    return words


def _refund(acting: CaseOfficer, page: RestitutionPage, share: str, text: str) -> str:
    amount, at, name = _words(text, WayAct.UNCLAIMED_REFUND)
    ((paid, when),) = _parts(f"{amount}@{at}", page.currency)
    paper = _read(Path(name))
    return unclaimed.refund(acting, page.recovery_id, share, paid, when, paper)


def _file(acting: CaseOfficer, rid: str, asset_id: str, text: str) -> str:
    ground, amount, words = _words(text, WayAct.THIRD_PARTY_FILE)
    why = _named(ThirdPartyGround, ground, WayAct.THIRD_PARTY_FILE)
    filing = third_parties.Filing(why, words, "" if amount == "-" else amount, asset_id)
    return third_parties.file_claim(acting, rid, filing)


def _decide(acting: CaseOfficer, rid: str, name: str, text: str) -> str:
    what, why = _words(text, WayAct.THIRD_PARTY_DECIDE, 2)
    given = {"uphold": "", "reject": None}.get(what, what)
    return third_parties.decide(acting, rid, name, given, why)


def _pay(acting: CaseOfficer, rid: str, name: str, text: str) -> str:
    source, amount, at, booking, file = _words(text, WayAct.THIRD_PARTY_PAY, 5)
    whose = _named(DamagesSource, source, WayAct.THIRD_PARTY_PAY)
    paid = third_parties.Paid(amount, whose, _instant(at), booking, _read(Path(file)))
    return third_parties.pay(acting, rid, name, paid)


def _named(kind: type[_Kind], text: str, act: WayAct) -> _Kind:
    try:
        return kind(text.replace("-", "_"))
    except ValueError as error:
        raise MisuseError(
            phrase("{text!r} is none of them: type {asks}", text=text, asks=_ASKS[act])
        ) from error


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise MisuseError(
            phrase("{text!r} is not an instant such as 2026-03-02T10:15+08:00", text=text)
        )
    return at


def _incoming(text: str, return_id: str) -> money_actions.Incoming:
    bank, account, booking = _words(text, WayAct.RECEIVE)
    into = AccountRef(bank, account, phrase("the unit's own account"))
    return money_actions.Incoming(into, booking, return_id=return_id)


def _answer(acting: CaseOfficer, text: str, channels: Mapping[str, Channel]) -> str:
    path = Path(text)
    raw = _read(path)  # the reader refuses what is larger
    return "; ".join(answer_actions.take_message(acting, raw, path.name, channels))


def _read(path: Path) -> bytes:
    try:
        return read_named(path, BYTES_MAX)
    except OSError as error:
        raise MisuseError(
            phrase("{name} cannot be read: {strerror}", name=path.name, strerror=error.strerror)
        ) from error

"""What each key of a request's page asks for, and does: every act is a `recovery xborder` too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from models.language.phrase import joined, phrase
from models.money import Money
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.pages.request_page import act_name
from recovery_flows.cases.views.request_view import RequestView
from recovery_flows.correspondence.abroad import actions as letters, message_actions
from recovery_flows.correspondence.abroad.letter import ours
from recovery_flows.correspondence.free_text import Decided
from recovery_flows.cross_border import actions
from recovery_flows.cross_border.doable import RequestAct
from recovery_flows.wording import spoken
from tui.act_log import command
from tui.screens.abroad import other_side
from tui.screens.abroad.act_fields import BY_HAND, HOW, Fields, Typed, ask_lines, paper_of
from tui.screens.abroad.forms import RequestFields, fields_key
from tui.screens.dialogs import Confirm

if TYPE_CHECKING:
    from tui.context import Terminal


def ask_act(app: Terminal, view: RequestView, act: RequestAct) -> None:
    """Ask what an act takes, then do it; one that the request does not allow now is refused."""
    if app.read_only:
        app.say(phrase("the screen is read-only: R ends that"), refused=True)
    elif act not in view.acts:
        left = joined(", ", map(act_name, view.acts)) if view.acts else phrase("nothing")
        told = phrase(
            "{id} is {state}: {act} is not possible, {left} is",
            id=view.row.id,
            state=spoken(view.row.state),
            act=act_name(act),
            left=left,
        )
        app.say(told, refused=True)
    else:
        _ASKS[act](app, view)


def _set(app: Terminal, view: RequestView) -> None:
    ref, name = view.file.recovery.ref, view.row.id

    def answered(typed: tuple[Typed, Decided] | None) -> None:
        if typed is None:
            return
        fields, decided = typed
        given = [w for one in fields for w in ("--field", f"{one}=TEXT")]
        given += [w for one in decided.struck for w in ("--strike", one)]
        given += [w for one in decided.kept for w in ("--keep", f"{one}=TEXT")]
        told = command("xborder", "set", ref, name, *given)
        do = partial(_fill, view, fields, decided)
        app.perform(do, fields_key(name), command=told)

    app.push_screen(RequestFields(view, app.drafts), answered)


def _fill(view: RequestView, fields: Typed, decided: Decided, acting: CaseOfficer) -> str:
    return acting.advance(
        view.recovery_id, fields=fields, to=view.row.id, decided=decided, only_fills=True,
        seen_version=view.file.recovery.version,
    )  # fmt: skip


def _submit(app: Terminal, view: RequestView) -> None:
    row, file = view.row, view.file
    figures = (
        (phrase("recovery"), file.recovery.ref),
        (phrase("request"), phrase("{id}, version {version}", id=row.id, version=row.version)),
        (
            phrase("to"),
            phrase(
                "{who} in {regime}",
                who=row.authority or row.partner_id,
                regime=file.asset(row.asset_id).regime,
            ),
        ),
        (phrase("by"), row.channel),
        (phrase("wanted"), row.wanted),
        (phrase("sum"), str(Money(row.requested_minor, row.currency))),
        (
            phrase("fields"),
            phrase(
                "{sum} of {asked}", sum=sum(map(bool, view.fields.values())), asked=len(view.asked)
            ),
        ),
    )

    def answered(yes: str | None) -> None:
        if yes is not None:
            given = ["--allow-duplicate"] if view.elsewhere else []
            told = command("xborder", "submit", file.recovery.ref, row.id, *given)
            do = lambda acting: acting.advance(  # noqa: E731
                view.recovery_id,
                to=row.id,
                knowing=view.elsewhere,
                seen_version=file.recovery.version,
            )
            app.perform(do, command=told, holds_back=True)

    sentence = phrase("Another person approves it before it leaves the country.")
    app.push_screen(
        Confirm(phrase("Submit the request?"), sentence, figures, also=view.elsewhere), answered
    )


def _sent(app: Terminal, view: RequestView) -> None:
    fields: Fields = (
        HOW,
        (phrase("proof"), phrase("the file that proves that it went; kept encrypted")),
    )
    if not ours(view.row.language):
        fields += (
            (
                phrase("translation"),
                phrase("the file with the letter in {language!r}", language=view.row.language),
            ),
        )

    def do(acting: CaseOfficer, typed: Typed) -> str:
        translation = typed.get("translation", "")
        return letters.sent(
            acting,
            view.recovery_id,
            view.row.id,
            typed.get("how", ""),
            paper_of(typed, phrase("proof")),
            paper_of(typed, phrase("translation")) if translation else b"",
            app.source.post.sender,
            app.source.channels,
        )

    sentence = phrase("Who has submitted or approved it does not send it. Its clock begins.")
    ask_lines(app, view, RequestAct.SENT, sentence, fields, do)


def _dispatch(app: Terminal, view: RequestView) -> None:
    row, ref = view.row, view.file.recovery.ref
    sentence = phrase(
        "The engine sends it over the connection of {carrier_id}; you are its sender.",
        carrier_id=row.carrier_id,
    )

    def do(acting: CaseOfficer, typed: Typed) -> str:
        translation = (
            paper_of(typed, phrase("translation")) if typed.get("translation", "") else b""
        )
        return letters.dispatch(
            acting, view.recovery_id, row.id, translation, app.source.post.sender,
            app.source.channels,
        )  # fmt: skip

    def answered(yes: str | None) -> None:
        if yes is not None:
            told = command("xborder", str(RequestAct.DISPATCH), ref, row.id)
            app.perform(lambda acting: do(acting, {}), command=told, holds_back=True)

    if ours(row.language):
        amount = str(Money(row.requested_minor, row.currency))
        figures = (
            (phrase("recovery"), ref),
            (phrase("request"), row.id),
            (phrase("to"), row.authority),
            (phrase("sum"), amount),
        )
        app.push_screen(Confirm(phrase("Dispatch the request?"), sentence, figures), answered)
        return
    fields: Fields = (
        (
            phrase("translation"),
            phrase("the file with the letter in {language!r}", language=row.language),
        ),
    )
    ask_lines(app, view, RequestAct.DISPATCH, sentence, fields, do)


def _line(
    act: RequestAct, sentence: str, field: tuple[str, str], deed: Callable[..., str],
    over_connection: Callable[[str], str] | None = None,
) -> Callable[[Terminal, RequestView], None]:  # fmt: skip
    """An act that takes one line of text, which may be empty where the engine does it.

    `over_connection` says what it does over the connection of the body of that id.
    """

    def ask(app: Terminal, view: RequestView) -> None:
        def do(acting: CaseOfficer, typed: Typed) -> str:
            return deed(
                acting, view.recovery_id, view.row.id, typed.get(field[0], ""),
                app.source.post.sender, app.source.channels,
            )  # fmt: skip

        if over_connection and view.row.is_connected:
            said = over_connection(view.row.carrier_id)
            ask_lines(app, view, act, said, (BY_HAND,), do, can_be_empty=True)
            return
        ask_lines(app, view, act, sentence, (field,), do)

    return ask


def _resubmit(app: Terminal, view: RequestView) -> None:
    def do(acting: CaseOfficer, typed: Typed) -> str:
        return actions.resubmit(
            acting, view.recovery_id, view.row.id, typed.get("reason", ""), app.source.channels
        )

    fields = ((phrase("reason"), phrase("what is cured by it; stored encrypted")),)
    sentence = phrase("The next version has its fields; what was sent stays as it was.")
    ask_lines(app, view, RequestAct.RESUBMIT, sentence, fields, do, then=_to_next(app, view))


def _reduce(app: Terminal, view: RequestView) -> None:
    def do(acting: CaseOfficer, typed: Typed) -> str:
        return actions.reduce_request(
            acting, view.recovery_id, view.row.id, typed.get("reason", "")
        )

    fields = ((phrase("reason"), phrase("why less is asked for; stored encrypted")),)
    sentence = phrase(
        "The next version asks for as much as may be asked for. What has left stands until that"
        " leaves."
    )
    ask_lines(app, view, RequestAct.REDUCE, sentence, fields, do, then=_to_next(app, view))


def _to_next(app: Terminal, view: RequestView) -> Callable[[], None]:
    """Show the version that was drafted in the place of this one, where this one still stands."""
    recovery_id, name = view.recovery_id, view.row.id

    def show(found: RequestView) -> None:
        drafts = [r.id for r in found.file.requests if r.replaces_id == name]
        if drafts and app.request_id == name:
            app.open_request(recovery_id, drafts[-1])

    def read() -> None:
        again = partial(app.source.request, recovery_id, name, app.officer)
        app.ask_after(phrase("reading the request …"), again, show)

    return read


_ASKS: Mapping[RequestAct, Callable[[Terminal, RequestView], None]] = {
    RequestAct.SET: _set,
    RequestAct.SUBMIT: _submit,
    RequestAct.DISPATCH: _dispatch,
    RequestAct.SENT: _sent,
    RequestAct.ANSWER: other_side.answer,
    RequestAct.CHOOSE: other_side.choose,
    RequestAct.ASSURE: _line(
        RequestAct.ASSURE,
        phrase("Another person approves exactly these words."),
        (phrase("words"), phrase("the assurance, word by word; stored encrypted")),
        message_actions.assure,
    ),
    RequestAct.REMIND: _line(
        RequestAct.REMIND,
        phrase("The other side was asked where it stands."),
        HOW,
        message_actions.remind,
        lambda carrier: phrase(
            "The engine asks {carrier} where the request stands.", carrier=carrier
        ),
    ),
    RequestAct.TOLD: _line(
        RequestAct.TOLD,
        phrase("The notice went to the other side: D writes it."),
        HOW,
        message_actions.notify,
        lambda carrier: phrase(
            "The engine sends the notice on this page to {carrier}.", carrier=carrier
        ),
    ),
    RequestAct.WITHDRAW: _line(
        RequestAct.WITHDRAW,
        phrase(
            "It is taken back, and a freeze abroad by it; that cannot be undone. A body with a"
            " connection is told by the same act."
        ),
        (phrase("reason"), phrase("why it is taken back; stored encrypted")),
        message_actions.withdraw,
    ),
    RequestAct.EXTEND: other_side.extend,
    RequestAct.RESUBMIT: _resubmit,
    RequestAct.REDUCE: _reduce,
    RequestAct.RECEIPT: other_side.receipt,
}

"""A channel across a border as a value: who may use it, what it asks, its clocks and its grounds.

Parsed once from a mapping, strictly, never from a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from models.money import Money
from recovery_flows.law.rows import Limit, LimitUnit, SourceText, Status

ANY = "any"
_SOURCE = ("instrument", "source_text")


class Help(StrEnum):
    """What is wanted of the other State."""

    FREEZE = "freeze"
    INFORMATION = "information"
    EVIDENCE = "evidence"
    RETURN = "return"


class Recipient(StrEnum):
    """What kind of body receives a request."""

    BANK = "bank"
    POLICE = "police"
    FIU = "fiu"
    AUTHORITY = "authority"
    COURT = "court"
    PROVIDER = "provider"


class ClockKind(StrEnum):
    """What a clock of a channel measures; `our_reply` runs against us.

    `money` runs from a yes to the money, `expiry` from the sending until no answer is expected.
    """

    SEND = "send"
    ANSWER = "answer"
    ANSWER_URGENT = "answer_urgent"
    EXECUTE = "execute"
    OBJECTION = "objection"
    OUR_REPLY = "our_reply"
    HOLD_LASTS = "hold_lasts"
    HOLD_EXTENDS = "hold_extends"
    MONEY = "money"
    EXPIRY = "expiry"


class GroundKind(StrEnum):
    """What a ground does to a request."""

    REFUSAL = "refusal"
    IMPOSSIBLE = "impossible"
    POSTPONEMENT = "postponement"
    PENDING = "pending"
    DONE = "done"


class Option(StrEnum):
    """What a ground leaves to do."""

    CURE_AND_RESEND = "cure_and_resend"
    RESEND = "resend"
    OTHER_CHANNEL = "other_channel"
    TRACE_AGAIN = "trace_again"
    JOIN_PROCEEDINGS = "join_proceedings"
    GIVE_ASSURANCE = "give_assurance"
    GIVE_INDEMNITY = "give_indemnity"
    ASK_NEXT_BANK = "ask_next_bank"
    FIND_CREDIT = "find_credit"
    REPORT_RECEIPTS = "report_receipts"
    WAIT = "wait"
    CLOSE = "close"


def _money(text: object) -> Money:
    amount, _, currency = text.partition(" ") if isinstance(text, str) else ("", "", "")
    return Money.parse(amount, currency)


_Text = Annotated[str, Field(min_length=1)]
_Limit = Annotated[Limit, BeforeValidator(Limit.parse)]
_Money = Annotated[Money, BeforeValidator(_money)]
_Codes = str | tuple[str, ...]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _Sourced(_Data):
    instrument: _Text
    article: _Text
    source_text: SourceText
    status: Status
    note: str = ""

    @property
    def citation(self) -> str:
        """Instrument and article, as they stand in what leaves."""
        return f"{self.instrument}, {self.article}"

    @property
    def source(self) -> str:
        """Instrument and article with the status, as it is shown."""
        return f"{self.instrument}, {self.article} ({self.status})"


class ChannelField(_Data):
    """One field of a request; without `help` it belongs to every kind of help."""

    name: _Text
    section: str = ""
    required: bool = False
    help: tuple[Help, ...] = tuple(Help)


class ChannelClock(_Sourced):
    """How long something of a channel takes or lasts, and what its end does."""

    code: _Text
    kind: ClockKind
    limit: _Limit
    start_event: _Text
    on_expiry: _Text
    help: tuple[Help, ...] = tuple(Help)
    to_states: _Codes = ANY


class ChannelGround(_Sourced):
    """Why a request is refused or waits, and what that leaves to do."""

    code: _Text
    kind: GroundKind
    text: _Text
    options: tuple[Option, ...] = Field(min_length=1)


class Receipts(_Sourced):
    """Delivery receipts in their order of force, the weakest first.

    Where none comes within `silence` after the one before, the negative one stands; `warn` is when
    a person is told.
    """

    order: tuple[_Text, ...] = Field(min_length=1)
    negative: tuple[_Text, ...]
    warn: Mapping[str, _Limit]
    silence: Mapping[str, _Limit]


class Channel(_Sourced):
    """One way across a border."""

    code: _Text
    name: _Text
    sender: _Text
    recipient: Recipient
    help: tuple[Help, ...] = Field(min_length=1)
    rails: tuple[str, ...]
    currencies: tuple[str, ...] = ()
    minimum: _Money | None = None
    from_states: _Codes
    to_states: _Codes
    conditions: tuple[_Text, ...]
    time_zone: str = "UTC"
    calendar: str = ""
    field: tuple[ChannelField, ...] = Field(min_length=1)
    clock: tuple[ChannelClock, ...] = ()
    ground: tuple[ChannelGround, ...] = ()
    receipts: Receipts | None = None

    def required_fields(self, wanted: Help) -> tuple[str, ...]:
        """Names of the fields without which a request for `wanted` is refused."""
        return tuple(f.name for f in self.field if f.required and wanted in f.help)

    def ground_of(self, code: str) -> ChannelGround | None:
        """The ground of that code; None where the closed list does not have it."""
        return next((g for g in self.ground if g.code == code), None)


class StateGroup(_Sourced):
    """States that one instrument binds."""

    members: Annotated[
        frozenset[Annotated[str, Field(pattern="^[A-Z]{2}$")]],
        BeforeValidator(lambda text: text.split() if isinstance(text, str) else text),
    ]


_T = TypeVar("_T", bound=BaseModel)


def load_channel(name: str, table: Mapping[str, Any], groups: Mapping[str, StateGroup]) -> Channel:
    """A channel from its parsed file; ValueError names the file and the key that is wrong."""
    rows = {k: [_inherited(table, row) for row in table.get(k, ())] for k in ("clock", "ground")}
    channel = _checked(name, Channel, {**table, **rows})
    if channel.code != name:
        raise ValueError(f"{name}.toml: code: {channel.code!r} is not the name of the file")
    if not channel.calendar and any(c.limit.unit is LimitUnit.BANKING_DAYS for c in channel.clock):
        raise ValueError(f"{name}.toml: calendar: a clock counts banking days: name whose")
    _refuse_twins(f"{name}.toml: field", [f.name for f in channel.field])
    _refuse_twins(f"{name}.toml: clock", [c.code for c in channel.clock])
    _refuse_twins(f"{name}.toml: ground", [g.code for g in channel.ground])
    for codes in (channel.from_states, channel.to_states, *(c.to_states for c in channel.clock)):
        _refuse_unknown_states(name, codes, groups)
    return channel


def load_groups(tables: Mapping[str, Any]) -> dict[str, StateGroup]:
    """Groups of States from their parsed file; ValueError names the group and the key."""
    return {code: _checked("states", StateGroup, t, code) for code, t in tables.items()}


def _inherited(channel: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """A row rests on its channel's instrument unless it names another; article and status never."""
    return {**{k: channel[k] for k in _SOURCE if k in channel}, **row}


def _checked(name: str, kind: type[_T], table: Mapping[str, Any], *place: str) -> _T:
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in (*place, *first["loc"]))
        raise ValueError(f"{name}.toml: {key}: {first['msg']}") from error


def _refuse_twins(where: str, codes: list[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise ValueError(f"{where}: {code} is there twice")


def _refuse_unknown_states(name: str, codes: _Codes, groups: Mapping[str, StateGroup]) -> None:
    known = groups["iso_3166"].members
    wrong = [codes] if isinstance(codes, str) else [c for c in codes if c not in known]
    if isinstance(codes, str) and (codes == ANY or codes in groups):
        return
    for code in wrong:
        raise ValueError(f"{name}.toml: states: {code!r} is neither a group of states nor a code")


def is_member(state: str, codes: str | Iterable[str], groups: Mapping[str, StateGroup]) -> bool:
    """Whether a State is among `codes`: any State, a group by its code, or codes of States."""
    if codes == ANY:
        return True
    return state in (groups[codes].members if isinstance(codes, str) else codes)

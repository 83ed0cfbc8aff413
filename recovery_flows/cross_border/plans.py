"""By which channel a request goes, to whom and for what; and the fields that the channel asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import date

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.request import RequestRoute, RequestRow, RequestState
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.cross_border import parts
from recovery_flows.cross_border.channels import Channel, Help, Recipient
from recovery_flows.cross_border.disclosure import approvals_needed
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regime

CHANNEL = "mla"
"""The channel that the program drafts by itself and sends over a partner's connection."""
_STAR, _SECTION = "*", "@"
NEW = "new"
"""What an officer says who asks for other money of an account than the requests that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a request is to be; `asked` are its fields, empty where the law's own list stands.

    `requested` is the sum, None for all that is traced to the account. `carrier_id` is the partner
    over whose connection it goes, empty where people carry it. `part` is the part of the account's
    money, `supported_minor` what the trace supported of the version before it.
    """

    channel: str = CHANNEL
    route: RequestRoute = RequestRoute.PARTNER
    wanted: str = Help.FREEZE
    recipient: str = Recipient.AUTHORITY
    authority: str = ""
    language: str = "en"
    asked: str = ""
    basis: str = ""
    requested: Money | None = None
    version: int = 1
    replaces_id: str = ""
    left_seconds: int = 0
    carrier_id: str = ""
    part: int = 1
    supported_minor: int = 0


def by_channel(
    channel: Channel, law: Regime, wanted: Help, authority: str, language: str,
    requested: Money | None, carrier_id: str = "", part: int = 1,
) -> Plan:  # fmt: skip
    """The plan of a request by any channel; the program's own is sent by the program."""
    is_own = channel.code == CHANNEL and channel.code in law.channels and wanted is Help.FREEZE
    return Plan(
        channel=channel.code,
        route=RequestRoute.PARTNER if is_own else RequestRoute.PEOPLE,
        wanted=wanted,
        recipient=channel.recipient,
        authority=authority,
        language=language,
        asked="" if is_own else asked_of(channel, law, wanted),
        basis=channel.source,
        requested=requested,
        carrier_id="" if is_own else carrier_id,
        part=part,
    )


def part_numbers(file: CaseFile, asset_id: str) -> tuple[int, ...]:
    """The parts of an account that requests ask for now."""
    return tuple(
        sorted(
            {r.account_part for r in file.requests if r.asset_id == asset_id and parts.is_open(r)}
        )
    )


def chosen_part(
    file: CaseFile, asset: AssetRow, told: str, *, is_money: bool, has_sum: bool
) -> int:
    """Which part of an account a new request asks for, by what the officer says.

    Nothing said is the same money as the requests that are there, as long as they ask for one part;
    MisuseError and StepRefusedError name the parts there are.
    """
    there = part_numbers(file, asset.id)
    named = ", ".join(str(number) for number in there) or phrase("none")
    if told == NEW:
        if there and not has_sum:
            raise MisuseError(phrase("--part new takes --amount: all that is traced is asked for"))
        return 1 + max((r.account_part for r in file.requests if r.asset_id == asset.id), default=0)
    if told:
        if told not in {str(number) for number in there}:
            raise MisuseError(phrase(
                "--part {told!r}: requests ask for these parts of the account: {named}; "
                "new is another one", told=told, named=named,
            ))  # fmt: skip
        return int(told)
    if len(there) > 1 and is_money:
        raise StepRefusedError(phrase(
            "requests ask for several parts of the account: {named}; say with --part which one "
            "this asks for, or new", named=named,
        ))  # fmt: skip
    return there[0] if there else 1


def next_version(request: RequestRow) -> Plan:
    """The same request once more, as its next version; the clock that was stopped goes on.

    What the program sends itself asks for all that is traced by now.
    """
    sum_asked = Money(request.requested_minor, request.currency)
    is_stopped = request.state is RequestState.NEEDS_INFO
    by_people = request.route is RequestRoute.PEOPLE
    return Plan(
        channel=request.channel, route=request.route, wanted=request.wanted,
        recipient=request.recipient, authority=request.authority, language=request.language,
        asked=request.asked, version=request.version + 1, replaces_id=request.id,
        requested=sum_asked if by_people else None,
        left_seconds=request.left_seconds if is_stopped else 0,
        carrier_id=request.carrier_id, part=request.account_part,
        supported_minor=(request.supported_minor or 0) if by_people else 0,
    )  # fmt: skip


def asked_of(channel: Channel, law: Regime, wanted: Help) -> str:
    """The fields of a channel in its own order, with what the law of the unit adds to them.

    A star stands after what it must have, and its section in the form after that.
    """
    fields = [f for f in channel.field if wanted in f.help]
    needed = {f.name for f in fields if f.required}
    sections = {f.name: f.section for f in fields}
    if channel.code in law.channels:
        needed |= set(law.required_fields(channel.code))
    names = dict.fromkeys((*sections, *sorted(needed - set(sections))))
    for approval in approvals_needed(law, channel.recipient, tuple(names)):
        names[approval.reference_field] = None
        needed.add(approval.reference_field)
    return ",".join(
        f"{name}{_STAR if name in needed else ''}"
        + (f"{_SECTION}{sections[name]}" if sections.get(name) else "")
        for name in names
    )


def split_asked(asked: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All fields that are asked for, and those without which a request is not complete."""
    names = tuple(name.partition(_SECTION)[0] for name in asked.split(",") if name)
    needed = tuple(name.removesuffix(_STAR) for name in names if name.endswith(_STAR))
    return tuple(name.removesuffix(_STAR) for name in names), needed


def missing_fields(required: Sequence[str], given: Mapping[str, object]) -> tuple[str, ...]:
    """Names of `required` that are absent or empty in `given`, in the order required.

    Zero and False are answers; None, blank text and an empty list are not.
    """
    return tuple(name for name in required if _is_empty(given.get(name)))


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Sized) and len(value) == 0)


def section_of(asked: str, field: str) -> str:
    """The section of the form in which a field stands; empty where the form has none."""
    named = (part.partition(_SECTION) for part in asked.split(","))
    return next((section for name, _, section in named if name.rstrip(_STAR) == field), "")


def wrong_field(name: str, text: str, requested: Money) -> str:
    """Why a field cannot be what it is meant to be; empty where nothing is wrong with it."""
    if name == "amount" and text != requested.text():
        return phrase(
            "is not {requested}, the sum that is asked for (`--amount`)", requested=requested.text()
        )
    if name == "currency" and text != requested.currency:
        return phrase("is not {currency}, the currency of the account", currency=requested.currency)
    if name in _DAYS:
        try:
            date.fromisoformat(text[:10])
        except ValueError:
            return phrase("is no day such as 2026-03-02")
    if name in ("issuing_state", "executing_state", "victim_country") and (
        len(text) != 2 or not text.isupper()
    ):
        return phrase("is no code of a State such as FR")
    if name == "authority_email" and "@" not in text:
        return phrase("is no address of mail")
    if name == "list_offence_number" and text not in _LIST_OFFENCES:
        return phrase("is no number of the list, 1 to 32")
    return ""


_DAYS = ("paid_at", "signed_on", "execution_date", "remain_frozen_until", "order_final_on")
_LIST_OFFENCES = frozenset(str(number) for number in range(1, 33))


def wrong_fields(given: Mapping[str, str], requested: Money) -> tuple[str, ...]:
    """A sentence for each field that is not what it is meant to be."""
    found = ((name, wrong_field(name, text, requested)) for name, text in given.items() if text)
    return tuple(f"the field {name} {why}" for name, why in found if why)

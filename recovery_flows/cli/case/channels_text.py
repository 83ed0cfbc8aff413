"""Channels across a border in words: the adviser's answer, and one channel with all it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recovery_flows.cases.pages import channel_advice
from recovery_flows.cli.table import columns
from recovery_flows.cross_border.adviser import Advice, Question
from recovery_flows.cross_border.channels import Channel, Receipts
from recovery_flows.cross_border.file_questions import Refused
from recovery_flows.wording import spoken


def advice_lines(question: Question, found: Iterable[Advice]) -> Iterator[str]:
    """The question in a line, then each channel with its reasons."""
    yield channel_advice.question_text(question)
    for advice in found:
        yield ""
        yield channel_advice.title(advice)
        told = channel_advice.rows(advice, question)
        yield from columns([("   ", label, text) for label, text in told])


def refused_lines(ref: str, refused: Iterable[Refused]) -> Iterator[str]:
    """Requests that were refused, each with its ground and what that leaves."""
    for request in refused:
        yield ""
        why = f": {request.meaning} {request.source}" if request.meaning else ""
        yield f"{request.request_id} {spoken(request.state)}: {request.ground or 'no reason'}{why}"
        left = (
            ", ".join(map(spoken, request.options))
            or f"recovery request resubmit {ref} {request.request_id}"
        )
        yield f"    leaves: {left}"


def channel_lines(channel: Channel) -> Iterator[str]:
    """One channel: its fields by section, its clocks, its grounds and what they leave."""
    yield f"{channel.code}: {channel.name}"
    yield f"sent by {channel.sender}; gives {', '.join(channel.help)}"
    yield channel.source
    if channel.note:
        yield channel.note
    yield ""
    rows = [
        (f.section, f.name, "required" if f.required else "", ", ".join(f.help))
        for f in channel.field
    ]
    yield from columns(rows, ("section", "field", "", "for"))
    if channel.clock:
        yield ""
        clocks = [
            (spoken(c.kind), str(c.limit), spoken(c.start_event), spoken(c.on_expiry), c.source)
            for c in channel.clock
        ]
        yield from columns(clocks, ("clock", "limit", "from", "at its end", "source"))
    if channel.ground:
        yield ""
        grounds = [
            (g.code, g.kind, ", ".join(map(spoken, g.options)), f"{g.article} ({g.status})", g.text)
            for g in channel.ground
        ]
        yield from columns(grounds, ("ground", "kind", "leaves", "source", "meaning"))
    if channel.receipts:
        yield ""
        yield from columns(
            [*_receipt_rows(channel.receipts)], ("receipt", "kind", "warn after", "negative after")
        )


def _receipt_rows(receipts: Receipts) -> Iterator[tuple[str, str, str, str]]:
    for name in receipts.order:
        kind = "negative" if name in receipts.negative else "positive"
        warn, silence = receipts.warn.get(name, ""), receipts.silence.get(name, "")
        yield spoken(name), kind, str(warn), str(silence)

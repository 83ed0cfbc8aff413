"""Who of the victims is to be told what, as the restitution screen shows it."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.language.phrase import as_phrase, phrase
from models.money import Money
from recovery_flows.cases.views.other_ways import Doable, Way, WayAct
from recovery_flows.correspondence.returns.compose import claim_number
from recovery_flows.law.regime import Regimes
from recovery_flows.restitution.victims import news

MESSAGES = phrase("messages to victims")
_SHOWN = 3


def ways(file: CaseFile, laws: Regimes) -> Iterator[Way]:
    """One line for all who are to be told, with the first of them, and one for what was sent."""
    nothing = Money(0, file.recovery.currency)
    found = news.due(file, laws)
    if found:
        parts = [
            phrase(
                "claim {claim_number}: {stage}",
                claim_number=claim_number(n.claim_id),
                stage=as_phrase(n.stage.replace("_", " ")),
            )
            for n in found
        ]
        more = (
            [phrase("and {parts} more", parts=len(parts) - _SHOWN)] if len(parts) > _SHOWN else []
        )
        yield Way(
            MESSAGES,
            found[0].claim_id,
            phrase("{found} to be told", found=len(found)),
            phrase("due"),
            nothing,
            nothing,
            found[0].due_at,
            is_late=False,
            parts=(*parts[:_SHOWN], *more),
        )
    sent = file.victim_messages
    if sent:
        late = sum(m.due_at is not None and m.sent_at > m.due_at for m in sent)
        told = phrase("{sent} sent, {late} of them late", sent=len(sent), late=late)
        yield Way(MESSAGES, sent[-1].id, told, phrase("sent"), nothing, nothing, None,
                  is_late=False)  # fmt: skip


def doable(file: CaseFile, laws: Regimes) -> Iterator[Doable]:
    """Saying that they were told."""
    found = news.due(file, laws)
    if found:
        whom = (
            phrase("the victim was")
            if len(found) == 1
            else phrase("all {found} victims were", found=len(found))
        )
        yield Doable(
            WayAct.VICTIM_SENT,
            "",
            phrase("say how {whom} told how far the report has come", whom=whom),
        )

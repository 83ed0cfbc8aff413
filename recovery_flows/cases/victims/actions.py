"""What people do about messages to victims: a person sends each; the program drafts and records."""

from __future__ import annotations

from collections.abc import Callable

from models.language.phrase import joined, phrase
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.views.victim_line import victim_line
from recovery_flows.cases.views.victim_line_zh import victim_line_zh
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.restitution.victims import news
from recovery_flows.wording import counted

LANGUAGES: dict[str, Callable[..., tuple[str, ...]]] = {
    "en": lambda file, claim, now, zone: victim_line(file, claim, now, zone).lines,
    "zh": victim_line_zh,
}
"""The five lines of a victim by the language of a draft."""


def words_of(language: str) -> Callable[..., tuple[str, ...]]:
    """The five lines of a victim in a language; MisuseError where there are none."""
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise MisuseError(
            phrase(
                "there are no messages in language {language!r}; there are: {known}",
                language=language,
                known=known,
            )
        )
    return LANGUAGES[language]


def sent(acting: CaseOfficer, recovery_id: str, claim_id: str, language: str, how: str) -> str:
    """Record that a victim, or with "" every victim who is to be told, was sent his five lines."""
    write = words_of(language)
    about = f"message to the victim of {claim_id}" if claim_id else "messages to victims"
    with acting.editing(recovery_id) as edit:
        changes, ref, noted = edit.changes, edit.ref, edit.note(about, how, "--how")
        claims = {c.id: c for c in changes.file.claims}
        if claim_id and claim_id not in claims:
            raise MisuseError(
                phrase(
                    "{ref} has no claim {claim_id}: `recovery show {ref}` lists them",
                    ref=ref,
                    claim_id=claim_id,
                )
            )
        waiting = [n for n in news.due(changes.file, acting.laws) if claim_id in ("", n.claim_id)]
        if not waiting:
            raise StepRefusedError(
                phrase("{ref}: every victim has been told how far his report has come", ref=ref)
            )
        zone = acting.laws[changes.file.recovery.regime].time_zone
        for one in waiting:
            lines = write(changes.file, claims[one.claim_id], edit.now, zone)
            raw = "\n".join(lines).encode()
            text = edit.keep(raw, "message to a victim", "text/plain")
            message = news.Sent(text, language, noted)
            news.sent(changes, one, message, edit.actor.id, edit.now)
        late = sum(one.due_at < edit.now for one in waiting)
    told = phrase("{ref}: {victims} told", ref=ref, victims=counted(len(waiting), "victim"))
    return joined("", (told, phrase(", {late} of them late", late=late))) if late else told

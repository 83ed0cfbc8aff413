"""One tree of errors; each takes domain objects and writes one sentence.

    RecoveryFlowsError
    ├── MisuseError              final      exit 2   the program was asked for what cannot be
    │   └── UnfitArgumentError
    ├── RefusedError             final      exit 3   somebody who may say no said no
    │   ├── StepRefusedError
    │   └── PartnerRefusedError
    ├── UnavailableError         retryable  exit 4   the same work may succeed later
    │   ├── DiskError                       full, or only reads
    │   ├── PartnerUnavailableError         nothing was done: the same call again, later
    │   └── OutcomeUnknownError             perhaps done: ask by key before sending again
    └── DisagreementError        final      exit 5   two sides tell different things
        └── AnswerUnreadableError

A sentence holds ids and codes only: account numbers, tokens, names and a partner's free text stay
in attributes that are never printed.
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import ClassVar

from models.facts import RawAnswer
from models.ids import CallId, PartnerId
from models.language.phrase import Phrase, phrase, stored_phrase
from models.trouble import Trouble, trouble_of


class RecoveryFlowsError(Exception):
    """The root: `retryable` tells the engine what to do, `exit_code` the shell what happened.

    `trouble` is a stable code for advice and counts; no code parses the sentence.
    """

    trouble: Trouble = Trouble.OTHER
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1


class MisuseError(RecoveryFlowsError):
    """Invalid input or usage; final until the caller changes something."""

    exit_code = 2


class RefusedError(RecoveryFlowsError):
    """Refused by a person, a rule or a partner; final."""

    exit_code = 3


class UnavailableError(RecoveryFlowsError):
    """A service or resource is not available now; the same work may succeed later."""

    retryable = True
    exit_code = 4


class DiskError(UnavailableError):
    """A disk is full, only reads, or fails: the same work may succeed when there is room."""


_OS_ERROR = re.compile(r"\(os error (\d{1,4})\)")
_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO})


def unwritable(path: Path, error: OSError) -> RecoveryFlowsError:
    """The error of a file that cannot be written: DiskError, or MisuseError for a bad path."""
    # A library in Rust tells the number in its text only.
    told = _OS_ERROR.search(str(error))
    number = error.errno or (int(told[1]) if told else 0)
    kind = DiskError if number in _DISK_ERRORS else MisuseError
    why = error.strerror or (os.strerror(number) if number else str(error))
    return kind(f"{path} cannot be written: {why}")


class DisagreementError(RecoveryFlowsError):
    """Two sources contradict each other, or an answer violates its profile; a person decides."""

    exit_code = 5


class UnfitArgumentError(MisuseError):
    """An argument that is not valid in a call; `why` continues the sentence after its name."""

    def __init__(self, argument: str, why: str) -> None:
        self.argument, self.why = argument, why
        super().__init__(phrase("{argument} {why}", argument=argument, why=why))


class StepRefusedError(RefusedError):
    """An action that the recovery does not allow now; the sentence says why."""


class PartnerRefusedError(RefusedError):
    """A definite no of a partner: `problem` is the profile's code, `detail` its free text.

    `detail` may hold personal data and is not in the sentence; `raw` keeps the answer's bytes.
    """

    def __init__(
        self,
        partner: PartnerId,
        problem: str,
        detail: str,
        status: int,
        raw: tuple[RawAnswer, ...] = (),
    ) -> None:
        self.partner, self.problem, self.detail, self.status = partner, problem, detail, status
        self.raw, self.trouble = raw, trouble_of(status, problem, Trouble.REFUSED)
        super().__init__(
            stored_phrase(
                "partner {partner} refused: {problem} (HTTP {status})",
                partner=partner,
                problem=problem,
                status=status,
            )
        )


class PartnerUnavailableError(UnavailableError):
    """Nothing was done; `retry_after_seconds` is the partner's own wish, None if it has none."""

    def __init__(
        self,
        partner: PartnerId,
        why: str,
        retry_after_seconds: int | None = None,
        raw: tuple[RawAnswer, ...] = (),
        trouble: Trouble = Trouble.UNAVAILABLE,
    ) -> None:
        self.partner, self.why, self.retry_after_seconds = partner, why, retry_after_seconds
        self.raw, self.trouble = raw, trouble
        at_once = stored_phrase(
            "partner {partner} is not available: {why}", partner=partner, why=why
        )
        later = stored_phrase(
            "partner {partner} is not available: {why}; not before {seconds} s",
            partner=partner, why=why, seconds=retry_after_seconds,
        )  # fmt: skip
        super().__init__(at_once if retry_after_seconds is None else later)


class OutcomeUnknownError(UnavailableError):
    """A call was sent and its effect is not known: ask by key before sending it again."""

    trouble = Trouble.OUTCOME_UNKNOWN

    def __init__(
        self,
        partner: PartnerId,
        call_id: CallId,
        why: str = "",
        raw: tuple[RawAnswer, ...] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        self.partner, self.call_id, self.why, self.raw = partner, call_id, why, raw
        self.retry_after_seconds = retry_after_seconds
        bare = stored_phrase(
            "what became of call {call_id} at partner {partner} is not known: ask by its key "
            "before sending it again", call_id=call_id, partner=partner,
        )  # fmt: skip
        told = stored_phrase(
            "what became of call {call_id} at partner {partner} is not known ({why}): ask by its "
            "key before sending it again", call_id=call_id, partner=partner, why=why,
        )  # fmt: skip
        super().__init__(told if why else bare)


class AnswerUnreadableError(DisagreementError):
    """An answer that does not fit the profile: `field` is the path, `why` never quotes content."""

    trouble = Trouble.UNREADABLE

    def __init__(
        self, partner: PartnerId, field: str, why: str, raw: tuple[RawAnswer, ...] = ()
    ) -> None:
        self.partner, self.field, self.why, self.raw = partner, field, why, raw
        super().__init__(
            stored_phrase(
                "an answer of partner {partner} does not fit the profile: {field} {why}",
                partner=partner,
                field=field,
                why=why if isinstance(why, Phrase) else stored_phrase(why),
            )
        )

"""What must hold of how bodies date what they say: no clock of ours follows a wrong one unseen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.simulation.eyes import Eyes, ViolationError
from tests.simulation.foreign.bodies import Body
from tests.simulation.foreign.said import Asked

_APART = timedelta(minutes=5)
"""Clocks that are no further apart are nobody's business."""


class DatesOracle(Eyes):
    """Dates ahead of us, and before a body had a request, are owned; others are not."""

    def _dates(self, body: Body, asked: Asked, taken: int) -> None:
        owned = {
            (str(kind), str(mark))
            for kind, mark in self._all(
                "SELECT kind, mark FROM discrepancy WHERE subject_id = ? AND kind LIKE 'clock%'",
                asked.ref,
            )
        }
        left = self._first_left(asked.ref)
        for mark, at, read in (*self._answers(body, asked, taken), *self._receipts(body, asked)):
            is_ahead, is_behind = at > read + _APART, at < left - _APART
            if is_ahead != (("clock_ahead", mark) in owned):
                raise ViolationError("dates", f"{asked.ref}: {mark} of {at}, read {read}: {owned}")
            told = ("clock_behind", mark) in owned
            # It may have come later than it left: its first sending was lost on its way.
            if (is_behind and not told) or (told and at >= asked.came - _APART):
                raise ViolationError("dates", f"{asked.ref}: {mark} of {at}, left {left}: {owned}")
        self._ends(asked, taken)

    def _first_left(self, ref: str) -> datetime:
        query = "SELECT min(sent_at) FROM call WHERE subject_id = ? AND kind = 'request_abroad'"
        return _at(self._all(query, ref)[0][0])

    def _answers(
        self, body: Body, asked: Asked, taken: int
    ) -> Iterator[tuple[str, datetime, datetime]]:
        """Each answer that was taken: its mark, its date by the body, when it was taken."""
        for number in range(1, taken + 1):
            read = self._all(
                "SELECT at FROM event WHERE subject_id = ? AND"
                " json_extract(values_json, '$.answers_read') = ? ORDER BY seq LIMIT 1",
                asked.ref, number,
            )  # fmt: skip
            # A body may put an answer before one that it gave: it was read as it stood then.
            there = asked.by(_at(read[0][0]))[number - 1 : number]
            mark = f"answer {number}"
            yield from ((mark, body.dated(asked, mark, s.at), _at(read[0][0])) for s in there)

    def _receipts(self, body: Body, asked: Asked) -> Iterator[tuple[str, datetime, datetime]]:
        """Each receipt that was taken; the clock of the next one begins while ours could."""
        made = dict(asked.receipts)
        for kind, counted, read in self._all(
            "SELECT r.kind, r.at, e.at FROM request_receipt r JOIN event e ON e.subject_id = r.id"
            " WHERE r.request_id = ? AND e.event LIKE 'reported%'", asked.ref,
        ):  # fmt: skip
            if not self._first_left(asked.ref) <= _at(counted) <= _at(read):
                raise ViolationError("dates", f"{asked.ref}: {kind} counts from {counted}")
            yield f"receipt {kind}", body.dated(asked, str(kind), made[str(kind)]), _at(read)

    def _ends(self, asked: Asked, taken: int) -> None:
        """A freeze ends when its body says that it does, whatever day its letter bears."""
        for number in range(1, taken + 1):
            told = self._all(
                "SELECT at, json_extract(values_json, '$.hold_ends_at') FROM event WHERE"
                " subject_id = ? AND json_extract(values_json, '$.answers_read') = ? AND event IN"
                " ('executed', 'partially_executed')", asked.ref, number,
            )  # fmt: skip
            for read, ends in told:
                for said in asked.by(_at(read))[number - 1 : number]:
                    if said.until is not None and _at(ends) != said.until:
                        raise ViolationError("dates", f"{asked.ref} ends {ends}, not {said.until}")


def _at(text: object) -> datetime:
    found = datetime.fromisoformat(str(text))
    return found if found.tzinfo else found.replace(tzinfo=UTC)

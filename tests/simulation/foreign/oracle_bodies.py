"""What must hold of requests abroad at the bodies that have them: own SQL, their own books."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from tests.simulation.eyes import ViolationError
from tests.simulation.foreign import channels
from tests.simulation.foreign.bodies import Body
from tests.simulation.foreign.oracle_dates import DatesOracle
from tests.simulation.foreign.said import Asked, Said

_STATES = {
    "acknowledged": "acknowledged", "recognised": "in_execution", "needs_info": "needs_info",
    "postponed": "postponed", "conditional": "conditional", "refused": "refused",
    "executed": "executed", "partially_executed": "partially_executed",
}  # fmt: skip
_STANDS = ("recognised", "needs_info", "conditional")
_OURS = {"central_authority_reference", "personal_data_export_reference"}
_ENDS = ("refused", "executed", "partially_executed")
_REACHED = "json_extract({}.values_json, '$.executed_minor')"
_AFTER_THE_END = (
    "SELECT count(*) FROM event e JOIN request q ON q.id = e.subject_id WHERE q.id = ? AND"
    " (e.event = 'contradicted' OR e.event IN ('executed', 'partially_executed') AND e.old_state"
    " IN ('refused', 'expired', 'replaced', 'withdrawn', 'executed', 'partially_executed')"
    " AND NOT EXISTS (SELECT 1 FROM event b WHERE b.subject_id = q.id AND b.seq < e.seq AND"
    f" {_REACHED.format('b')} > {_REACHED.format('e')} AND {_REACHED.format('e')} >="
    " q.requested_minor))"
)
"""A body that had reached more than was asked, and says less, only keeps what was asked."""


class BodiesOracle(DatesOracle):
    """Each request and message came once, nobody's name in it; each answer booked or owned."""

    def _at_the_bodies(self) -> None:
        for body in self.abroad.bodies.values():
            if len(body.posts) != len(set(body.posts)):
                twice = max(body.posts, key=body.posts.count)
                raise ViolationError("sent twice", f"{body.id} got {twice} more than once")
            self._calls_there(body)
            for asked in body.asked.values():
                self._what_left(body, asked)
                self._said_of(body, asked)
                self._booked_or_owned(body, asked)

    def _what_left(self, body: Body, asked: Asked) -> None:
        """Only fields of the form and the approvals left, under a yes, and nobody's name."""
        key = (body.id, asked.ref)
        if key in self._abroad_to.bodies:
            return
        self._abroad_to.bodies.add(key)
        known = channels.fields(asked.channel)
        strange = set(asked.body["fields"]) - known - _OURS
        if strange:
            raise ViolationError("gate", f"{asked.ref} told {sorted(strange)} to {body.id}")
        told = json.dumps(asked.body, ensure_ascii=False)
        for name in (*(f"Holder V{n}" for n in range(1, 4)), "invented@example.org"):
            if name in told:
                raise ViolationError("personal data", f"{asked.ref} names {name!r} to {body.id}")

    def _said_of(self, body: Body, asked: Asked) -> None:
        """Each message came once, as a row that a person wrote, with nobody's name in it."""
        refs = [str(one["messageRef"]) for one, _ in asked.messages]
        if len(refs) != len(set(refs)):
            raise ViolationError("sent twice", f"{body.id} got {max(refs, key=refs.count)} twice")
        for one, _ in asked.messages[self._abroad_to.heard.get(asked.ref, 0) :]:
            row = self._all(
                "SELECT m.kind, e.role FROM request_message m JOIN event e ON e.subject_id = m.id"
                " WHERE m.id = ? AND m.request_id = ? AND e.event IN ('dispatched', 'approved')",
                one["messageRef"], asked.ref,
            )  # fmt: skip
            if not row or row[0][0] != one["kind"] or row[0][1] == "engine":
                raise ViolationError("gate", f"{body.id} was told {one['kind']}, by {row}")
            for name in (*(f"Holder V{n}" for n in range(1, 4)), "invented@example.org"):
                if name in str(one["letter"]):
                    raise ViolationError("personal data", f"{one['kind']} names {name!r}")
        self._abroad_to.heard[asked.ref] = len(refs)

    def _booked_or_owned(self, body: Body, asked: Asked) -> None:
        """Each answer that came is taken, and what contradicts is somebody's."""
        if body.id == "by-hand":
            return
        read = self._all("SELECT feed_read_at FROM partner WHERE id = ?", body.id)[0][0]
        if read is None:
            return
        heard = datetime.fromisoformat(f"{read}+00:00")
        told = [said for said in asked.answers if said.at < heard]
        rows = self._all("SELECT answers_read, state, sent_at FROM request WHERE id = ?", asked.ref)
        taken, state, sent = rows[0]
        if sent is None or not told:
            return
        if int(str(taken)) < len(told):
            raise ViolationError("unbooked", f"{asked.ref}: {taken} of {len(told)} answers taken")
        self._dates(body, asked, int(str(taken)))
        self._owns_what_contradicts(asked, int(str(taken)))
        known = _states_after(told, asked.by(self._now()))
        owned = bool(self._all("SELECT 1 FROM discrepancy WHERE subject_id = ?", asked.ref))
        moved = self._all(
            "SELECT 1 FROM event WHERE subject_id = ? AND event IN ('withdrawn', 'replaced',"
            " 'replaced_by_next', 'assured', 'freeze_ended', 'assurance_asked')", asked.ref,
        )  # fmt: skip
        if state not in known and not owned and not moved:
            raise ViolationError("unbooked", f"{asked.ref} is {state}, told {told[-1].says}")
        if asked.wanted == "return" and any(said.minor for said in told[:3]):
            query = "SELECT 1 FROM discrepancy WHERE subject_id = ? AND kind = 'money_announced'"
            if not self._all(query, asked.ref):
                raise ViolationError("unowned", f"{asked.ref}: money is announced, nobody looks")
        if asked.swapped is None or asked.swapped >= heard or owned:
            return
        # One that was exchanged before it was first read is the only one that anybody has seen.
        first = hashlib.sha256(asked.answers[0].paper).hexdigest()
        if self._all("SELECT 1 FROM document WHERE digest = ?", first):
            raise ViolationError("unowned", f"{asked.ref}: a paper was exchanged, nobody looks")

    # Sent once, and known here

    def _calls_there(self, body: Body) -> None:
        """What a body has under a key was on record before it left, and came under it once."""
        if body.again:
            raise ViolationError("sent twice", f"{body.id} got {body.again[0]} once more")
        for key in list(body.calls)[self._abroad_to.keys.get(body.id, 0) :]:
            if not self._all("SELECT 1 FROM call WHERE id = ? AND sent_at IS NOT NULL", key):
                raise ViolationError("gate", f"{body.id} has {key}, which is not on record as sent")
        self._abroad_to.keys[body.id] = len(body.calls)

    def bodies_at_rest(self) -> None:
        """At the end the files know what each body has, and each body has what the files say."""
        for body in self.abroad.bodies.values():
            if body.id == "by-hand":
                continue
            for key, (_, status, _) in body.calls.items():
                found = self._all("SELECT state FROM call WHERE id = ?", key)
                if status < 300 and found != [("answered",)]:
                    raise ViolationError("unknown there", f"{body.id} has {key}, {found} here")
            theirs = {(a.ref, f"{body.id}-{a.ref[-8:]}") for a in body.asked.values()}
            heard = {
                (str(one["messageRef"]), a.ref) for a in body.asked.values()
                for one, _ in a.messages
            }  # fmt: skip
            ours = self._all(
                "SELECT id, carrier_ref FROM request WHERE carrier_id = ? AND carrier_ref <> ''",
                body.id,
            )
            told = self._all(
                "SELECT m.id, q.id FROM request_message m JOIN request q ON q.id = m.request_id"
                " WHERE q.carrier_id = ? AND m.state = 'delivered'", body.id,
            )  # fmt: skip
            for what, there, here in (("requests", theirs, ours), ("messages", heard, told)):
                if there != set(here):
                    differ = sorted(there ^ set(here))
                    raise ViolationError("unknown there", f"{what} of {body.id} differ: {differ}")

    # What contradicts

    def _contradictions(self) -> None:
        """What is said of a request that had ended is somebody's, by its own paper."""
        rows = self._all(
            "SELECT DISTINCT e.subject_id FROM event e JOIN request q ON q.id = e.subject_id WHERE"
            " e.noun = 'request' AND q.route = 'people' AND e.event IN ('contradicted',"
            " 'executed', 'partially_executed') AND e.seq > ?", self._abroad_to.contradicted,
        )  # fmt: skip
        for (name,) in rows:
            said = int(str(self._all(_AFTER_THE_END, name)[0][0]))
            owned = self._all(
                "SELECT count(*) FROM discrepancy WHERE subject_id = ? AND kind ="
                " 'contradicts_outcome' AND mark NOT LIKE 'changed%'", name,
            )  # fmt: skip
            if said > int(str(owned[0][0])) and not self._wants_less(str(name)):
                raise ViolationError("unowned", f"{name}: {said} answers after its end, {owned}")
        if rows:
            seen = self._all("SELECT max(seq) FROM event")
            self._abroad_to.contradicted = int(str(seen[0][0]))

    def _owns_what_contradicts(self, asked: Asked, taken: int) -> None:
        """By the body's own book: what it said after an end of which it had told us."""
        marks = {
            str(row[0])
            for row in self._all("SELECT mark FROM discrepancy WHERE subject_id = ?", asked.ref)
        }
        wanted = 1 if self._wants_less(asked.ref) else asked.minor
        for number, said in _after_an_end(asked.answers[:taken], wanted, marks):
            digest = hashlib.sha256(said.paper).hexdigest()
            # Whoever looks why an earlier answer is another one now sees those behind it too.
            changed = {f"changed {earlier}" for earlier in range(1, number)}
            if not {digest, f"answer {number}", *changed} & marks:
                raise ViolationError(
                    "unowned", f"{asked.ref}: {said.says} as answer {number}, after it had ended"
                )

    def _wants_less(self, name: str) -> bool:
        """Whether money came in, or its trace fell: a body is right to keep less."""
        return bool(self._all(
            "SELECT 1 FROM request q JOIN payout p ON p.recovery_id = q.recovery_id WHERE q.id ="
            " ?1 AND p.state = 'settled' UNION ALL SELECT 1 FROM request q JOIN hold h ON"
            " h.recovery_id = q.recovery_id WHERE q.id = ?1 AND h.kind = 'custody' UNION ALL"
            " SELECT 1 FROM event WHERE subject_id = ?1 AND event = 'asks_too_much' UNION ALL"
            " SELECT 1 FROM request q JOIN asset a ON a.id = q.asset_id WHERE q.id = ?1 AND"
            " a.traced_minor < q.requested_minor LIMIT 1", name,
        ))  # fmt: skip


def _states_after(told: list[Said], by_now: list[Said]) -> list[str]:
    """In which states a request may be; an acknowledgement takes back nothing of what was said."""
    known = [_STATES[said.says] for said in by_now[len(told) - 1 :]]
    if told[-1].says == "acknowledged":
        known += [_STATES[said.says] for said in told[-2:-1] if said.says in _STANDS]
    return known


def _after_an_end(told: list[Said], wanted: int, marks: set[str]) -> Iterator[tuple[int, Said]]:
    """Answers with a paper of their own after one that ended the request, by their numbers.

    Not that less is kept than was reached, where that was more than was asked for.
    """
    papers: set[bytes] = set()
    ended, reached = False, 0
    for number, said in enumerate(told, 1):
        keeps_less = wanted <= said.minor < reached
        if ended and said.paper not in papers and not keeps_less:
            yield number, said
        papers.add(said.paper)
        reached = said.minor or reached
        ended = ended or (said.says in _ENDS and f"answer {number}" not in marks)

"""Officers and a supervisor: they act through the desk, as the screens and the commands do."""

from __future__ import annotations

from functools import partial

from models.entities.officer import Role
from models.facts import ReportFact
from models.money import Money
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.cases import discrepancy_actions, objection_actions
from recovery_flows.cases.report_and_stop import stop_at_once
from recovery_flows.freezing import actions as hold_actions
from tests.simulation.by_order import ByOrder
from tests.simulation.called_back import CalledBack
from tests.simulation.foreign.claimants import Claimants
from tests.simulation.foreign.movers import Movers
from tests.simulation.foreign.registry import Registry
from tests.simulation.other_ways import OtherWays
from tests.simulation.place import OFFICERS, SUPERVISOR
from tests.simulation.plan import Report
from tests.simulation.refusals import Refusals
from tests.simulation.whims import Whims

_NEEDED = (
    "requesting_authority", "central_authority_reference", "personal_data_export_reference",
    "persons", "applicable_law", "wanted_by", "basis", "property_title_proof",
    "institution_address", "order_copy", "measure_law", "interested_persons_law",
)  # fmt: skip
REQUEST_FIELDS = dict.fromkeys(_NEEDED, "synthetic")
_STEPS_MAX = 12


class People(Whims, OtherWays, CalledBack, ByOrder, Refusals, Movers, Claimants, Registry):
    """Who sits at the desks, and does what the queue and the approvals ask for."""

    # Reports

    def report(self, report: Report, paid: ReportFact) -> None:
        """Take in what a victim says, as a row of a file or pasted with a stop at once."""
        who = OFFICERS[report.officer]
        if report.pasted:
            desk = self._desks[who]
            number = f"SYN-{report.ref}"
            self._try(
                who, f"pastes the report of {report.ref}",
                lambda: stop_at_once(desk, paid, number, knowing=True).sentence,
            )  # fmt: skip
            return

        def filed() -> str:
            with unit_of_work(self._place.database) as unit:
                actor = Actor(who, Role.OFFICER)
                found = file_reports(unit, actor, self._wall(), "CN", [paid])
            return f"filed {len(found.filed)}, known {found.known}"

        self._try(who, f"files the report of {report.ref}", filed)

    # Steps

    def officers(self, how: str) -> int:
        """Do what the queue asks officers for: all of it, one step, or nothing."""
        done, stuck = 0 if how == "none" else self.enter_what_came(), set[str]()
        if self.abroad.plays and how != "none":
            done += self.enter_papers() + (self.answered_abroad() if how == "all" else 0)
        while how != "none":
            rows = [r for r in self._queue() if r[0] not in stuck]
            if not rows:
                break
            for recovery_id, action, subject, owner in rows:
                waits = action == "join" and self.abroad.keeps_apart
                if not waits and self._step(recovery_id, action, subject, owner or OFFICERS[0]):
                    done += 1
                else:
                    stuck.add(recovery_id)
                if how == "one" or done >= _STEPS_MAX:
                    return done
                if action == "join":
                    break  # the other recovery's step has changed as well
        return done

    def _queue(self) -> list[tuple[str, str, str, str]]:
        query = (
            "SELECT id, step_action, step_subject, owner_id FROM recovery"
            " WHERE step_role = 'officer' ORDER BY due_at IS NULL, due_at, id"
        )
        return self._eyes.execute(query).fetchall()

    def _step(self, recovery_id: str, action: str, subject: str, owner: str) -> bool:
        who = owner if owner in self._desks else OFFICERS[0]
        desk = self._desks[who]
        by_hand = self.by_hand(recovery_id, action, subject, who)
        if by_hand is None:
            by_hand = self.followed(recovery_id, action, subject, who)
        if by_hand is None:
            by_hand = self.by_order(recovery_id, action, subject, who)
        if by_hand is None and self.abroad.plays:
            by_hand = self.asked_abroad(recovery_id, action, subject, who)
        if by_hand is None and action == "follow_request":
            by_hand = self.taken_back(recovery_id, subject, who)
        if by_hand is None and self.abroad.plays:
            by_hand = self.claimed(recovery_id, action, subject, who)
        if by_hand is None and self.abroad.plays:
            by_hand = self.told_victims(recovery_id, action, who)
        if by_hand is not None:
            return by_hand
        if action == "resolve_discrepancy" and self._name_at_bank(recovery_id, subject, who):
            return True
        if action == "resolve_discrepancy":
            act = lambda: discrepancy_actions.resolve(desk, recovery_id, subject, "synthetic look")  # noqa: E731
        else:
            act = lambda: desk.advance(  # noqa: E731
                recovery_id, fields=REQUEST_FIELDS, case_number="SYN-1", knowing=True
            )
        return self._try(who, action, act)

    def _name_at_bank(self, recovery_id: str, subject: str, who: str) -> bool:
        """Where the discrepancy is that the bank's reference lacks or is wrong: ask, enter it.

        The desk knows which one is meant by the time of its call; an officer may mishear it once.
        """
        query = (
            "SELECT h.id, a.partner_id, h.acted_at, h.bank_ref FROM discrepancy d LEFT JOIN call c"
            " ON c.id = d.subject_id JOIN hold h ON h.id IN (d.subject_id, c.subject_id)"
            " JOIN asset a ON a.id = h.asset_id WHERE d.id = ? AND h.kind = 'voluntary' AND"
            " (d.detail LIKE '%has no reference%' AND h.bank_ref = '' OR"
            " d.kind = 'release_refused' AND h.bank_revision = 0)"
        )
        found = self._eyes.execute(query, [subject]).fetchone()
        if found is None:
            return False
        hold, partner, since, before = found
        name = self.voluntary[partner, since]
        if not before and ord(hold[-1]) % 2 == 0:
            name = f"{name}-misheard"
        elif before == name:
            return False
        return self._try(who, f"names {hold} {name}", lambda: hold_actions.name_at_bank(
            self._desks[who], recovery_id, hold, name, "synthetic"))  # fmt: skip

    def supervisor(self, how: str) -> int:
        """Say yes (or no) to what waits for a second person."""
        if how == "none":
            return 0
        query = (
            "SELECT id, action, subject_id FROM approval WHERE state = 'pending'"
            " ORDER BY asked_at, id"
        )
        desk, done = self._desks[SUPERVISOR], 0
        proofs = {
            "receipt": self.is_true_receipt, "recall_credit": self.is_true_return,
            "recall_reversal": self.is_true_reversal, "refund": self.is_true_refund,
            "court_list": self.is_true_list, "clawback": self.is_true_demand,
        }  # fmt: skip
        for name, action, subject in self._eyes.execute(query).fetchall():
            is_true = action not in proofs or proofs[action](subject)
            act = (
                (lambda name=name: desk.approve(name, "county head, synthetic", knowing=True))
                if how == "yes" and is_true
                else (lambda name=name: desk.deny(name, "not convinced", knowing=True))
            )
            did = self._try(SUPERVISOR, how, act)
            # The victim has everything back meanwhile, or others ask for all that is left.
            if not did and (action == "recall" or (action == "request" and self.abroad.is_ruder)):
                did = self._try(SUPERVISOR, "no", lambda name=name: desk.deny(name, "needless"))
            done += did
        return done + self._objections(how) + self.confirmed_abroad(how)

    def _objections(self, how: str) -> int:
        """Decide what was objected; every other one is upheld, most with another loss."""
        query = (
            "SELECT o.id, o.recovery_id, o.kind, c.reported_minor, c.currency FROM objection o"
            " LEFT JOIN claim c ON c.id = o.claim_id WHERE o.state = 'open'"
            " ORDER BY o.entered_at, o.id"
        )
        desk, done = self._desks[SUPERVISOR], 0
        for name, recovery, kind, reported, currency in self._eyes.execute(query).fetchall():
            chance = ord(name[-1]) % 4
            is_upheld, loss = how == "yes" and chance > 0, None
            if is_upheld and chance > 1:
                # An appeal gives all of it back; what else is upheld leaves a part.
                loss = Money(reported if kind == "appeal" else reported // chance, currency)
            elif is_upheld and kind == "claim":
                loss = Money(0, currency)  # it is rejected
            for leaves in (loss, None):
                act = partial(
                    objection_actions.decide, desk, recovery, name, "synthetic",
                    is_upheld=is_upheld, loss=leaves,
                )  # fmt: skip
                if self._try(SUPERVISOR, f"decides {name}, loss {leaves}", act):
                    done += 1
                    break
        return done

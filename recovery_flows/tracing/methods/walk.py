"""The walk over the payments that all rules share; a rule decides how an account keeps money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from models.facts import LineKind
from models.measures.held_over_time import Held
from recovery_flows.tracing.methods.opening import Covered, Laid, laid_openings
from recovery_flows.tracing.methods.piece import Piece, Pot, Quantity, Rule, converted
from recovery_flows.tracing.methods.reserved import Reserves
from recovery_flows.tracing.methods.result import Part, Step, Walked
from recovery_flows.tracing.methods.reversal import undone_payments
from recovery_flows.tracing.methods.types import (
    Coverage,
    DissipatedKind,
    Opening,
    Shortage,
    Source,
    Transfer,
)


def walk(
    rule: Rule,
    transfers: Iterable[Transfer],
    sources: Iterable[Source],
    openings: Iterable[Opening],
    coverage: Iterable[Coverage],
    as_of: datetime,
    holds: Iterable[Held] = (),
) -> Walked:
    """Carry every claim's money along the payments up to `as_of`, in their order.

    ValueError: a claim about a payment that is not there, or an account in two currencies.
    """
    known = list(transfers)
    ordered = sorted((t for t in known if t.at <= as_of), key=lambda t: (t.at, t.order, t.id))
    reserves = Reserves(rule, holds)
    ledger = _Ledger(rule, Covered(coverage), undone_payments(ordered), reserves)
    ledger.claim(known, ordered, sources)
    ledger.open(laid_openings(ordered, openings, ledger.covered))
    for transfer in ordered:
        ledger.hold(transfer.at)
        ledger.book(transfer)
    ledger.hold(as_of, at_the_end=True)
    return ledger.closed()


class _Ledger:
    """Every account's pot while the payments go by."""

    def __init__(
        self, rule: Rule, covered: Covered, undone: dict[str, Transfer], reserves: Reserves
    ) -> None:
        self.rule, self.covered, self.undone, self.reserves = rule, covered, undone, reserves
        self.to_undo = {original.id: original for original in undone.values()}
        self.aged = {end for t in self.to_undo.values() for end in (t.payer, t.payee)}
        self.aged |= reserves.accounts
        self.pots: dict[str, Pot] = {}
        self.vanished: dict[str, Pot] = {}  # by payment, of those that are taken back later
        self.debts: dict[str, int] = {}  # of accounts whose balance is known
        self.unseen: set[str] = set()
        self.claims: defaultdict[str, list[Source]] = defaultdict(list)
        self.found = Walked()

    def claim(
        self, known: Sequence[Transfer], ordered: Sequence[Transfer], sources: Iterable[Source]
    ) -> None:
        """Attach each claim to its payment; a payment after `as_of` has not happened yet."""
        _check_unique(known)
        by_id, live = {t.id: t for t in known}, {t.id for t in ordered}
        for source in sources:
            _check_source(source, by_id.get(source.transfer_id))
            if source.transfer_id in live:
                self.claims[source.transfer_id].append(source)
                self.found.sources.append(source)

    def open(self, openings: Iterable[Laid]) -> None:
        """Lay what each account held or owed before."""
        for laid in openings:
            if laid.may_owe:
                self.debts[laid.account] = laid.debt
            if laid.missing:
                self.found.shortages.append(Shortage(laid.account, "", laid.missing))
            self._pot(laid.account).put([Piece(None, laid.own, 0, None)])

    def _pot(self, account: str) -> Pot:
        if account not in self.pots:
            self.pots[account] = self.rule.new_pot(has_ages=account in self.aged)
        return self.pots[account]

    def hold(self, at: datetime, *, at_the_end: bool = False) -> None:
        """Set apart, or give back, what banks came to hold before a payment at `at`."""
        for held in self.reserves.due(at, at_the_end=at_the_end):
            self.reserves.change(held, self._pot(held.account))

    def book(self, transfer: Transfer) -> None:
        """One payment: out of the payer, claimed, into the payee or out of sight."""
        self._check_currency(transfer)
        if transfer.payer is not None and transfer.payer == transfer.payee:
            return
        pieces = self._leave(transfer)
        for source in self.claims.get(transfer.id, ()):
            pieces = self._claimed(transfer, source, pieces)
        if transfer.kind is LineKind.TRANSFER and transfer.payee is not None:
            debit, credit = transfer.debit_minor, transfer.credit_minor
            self._arrive(transfer, transfer.payee, converted(pieces, debit, credit, self.rule))
            return
        self._vanish(transfer, pieces)
        if transfer.payee is not None:
            own = Piece(None, transfer.credit_minor, 0, None)
            self._arrive(transfer, transfer.payee, [own])

    def _leave(self, transfer: Transfer) -> list[Piece]:
        original = self.undone.get(transfer.id)
        if original is not None:
            return self._reversed(transfer, original)
        pieces = self._by_rule(transfer, transfer.debit_minor)
        if transfer.id in self.to_undo:
            return [piece._replace(by=transfer.id) for piece in pieces]
        if transfer.payer in self.aged:
            return [piece._replace(age=None) for piece in pieces]
        return pieces

    def _reversed(self, transfer: Transfer, original: Transfer) -> list[Piece]:
        """What the payment brought as far as it is still there, the rest by the payee's rule."""
        pot = self.vanished.get(original.id)
        if pot is None and original.payee is not None:
            pot = self._pot(original.payee)
        pieces = pot.reverse(original.id, transfer.debit_minor) if pot is not None else []
        rest = transfer.debit_minor - sum(piece.amount for piece in pieces)
        others = self._by_rule(transfer, rest) if rest else []
        return pieces + [piece._replace(age=None) for piece in others]

    def _by_rule(self, transfer: Transfer, amount: Quantity) -> list[Piece]:
        payer = transfer.payer
        if payer is None or not self.covered(payer, transfer.at):
            # Without the payer's own statement nobody can say whose money this was.
            if payer is not None and self._pot(payer).holds_stolen:
                self.unseen.add(payer)
            return [Piece(None, amount, 0, None)]
        pieces = self._pot(payer).draw(amount)
        short = int(amount - sum(piece.amount for piece in pieces))
        if short:
            self._fall_short(payer, transfer.id, short)
            pieces.append(Piece(None, short, 0, None))
        return pieces

    def _fall_short(self, account: str, transfer_id: str, minor: int) -> None:
        self.found.shortages.append(Shortage(account, transfer_id, minor))
        # Only a known balance can truly be below zero; otherwise the missing money was there. It is
        # not below zero either while a bank keeps the money for a hold.
        if account in self.debts:
            self.debts[account] += max(0, minor - int(self.reserves.total(account)))

    def _claimed(self, transfer: Transfer, source: Source, pieces: list[Piece]) -> list[Piece]:
        """The claim takes what nobody else owns; what is another's stays his and is reported.

        Who claims a part of a payment claims of what nobody owns first.
        """
        result: list[Piece] = []
        claimed = transfer.debit_minor if source.amount_minor is None else source.amount_minor
        free = min(claimed, sum(piece.amount for piece in pieces if piece.claim is None))
        left = {True: free, False: claimed - free}
        upto: Quantity = 0
        given: Quantity = 0
        for piece in pieces:
            amount = min(piece.amount, left[piece.claim is None])
            left[piece.claim is None] -= amount
            upto += amount
            total = self.rule.part(source.claim_minor, upto, claimed)
            share, given = total - given, total
            part = piece._replace(amount=amount, claim_minor=share)
            if piece.claim is not None:
                result.append(piece)
                self._end(transfer.payer, part, transfer.id, contested_by=source.claim_id)
                continue
            result.append(part._replace(claim=source.claim_id, hop=None))
            result.append(piece._replace(amount=piece.amount - amount))
        return [piece for piece in result if piece.amount]

    def _arrive(self, transfer: Transfer, payee: str, pieces: list[Piece]) -> None:
        moved = self._logged(transfer, payee, pieces)
        # A statement's opening has in it what came before: that cannot pay a debt it states.
        if self.debts.get(payee) and not self.covered.is_before(payee, transfer.at):
            moved = self._after_debt(transfer, payee, moved)
        stolen = any(piece.claim is not None for piece in moved)
        if stolen and not self.covered(payee, transfer.at):
            self.unseen.add(payee)
        self._pot(payee).put(moved)
        self.reserves.fill(payee, self._pot(payee))

    def _after_debt(self, transfer: Transfer, payee: str, pieces: list[Piece]) -> list[Piece]:
        credit = self.rule.new_pot()
        credit.put(pieces)
        paid = credit.draw(self.debts[payee])
        self.debts[payee] -= int(sum(piece.amount for piece in paid))
        for piece in paid:
            self._end(payee, piece, transfer.id, kind=DissipatedKind.BANK_DEBT)
        by = transfer.id if transfer.id in self.to_undo else ""
        return [piece._replace(by=by) for piece in credit.draw(transfer.credit_minor)]

    def _vanish(self, transfer: Transfer, pieces: list[Piece]) -> None:
        logged = self._logged(transfer, None, pieces)
        if transfer.id in self.to_undo:
            self.vanished[transfer.id] = self.rule.new_pot(has_ages=True)
            self.vanished[transfer.id].put(logged)
            return
        for piece in logged:
            self._end(transfer.payer, piece, transfer.id, kind=_way_out(transfer))

    def _logged(self, transfer: Transfer, payee: str | None, pieces: list[Piece]) -> list[Piece]:
        result: list[Piece] = []
        for piece in pieces:
            if piece.claim is None:
                result.append(piece)
                continue
            self.found.steps.append(Step(transfer, payee, piece.hop, piece))
            result.append(piece._replace(hop=len(self.found.steps) - 1))
        return result

    def _end(
        self,
        account: str | None,
        piece: Piece,
        transfer_id: str,
        *,
        kind: DissipatedKind | None = None,
        contested_by: str = "",
    ) -> None:
        if piece.claim is not None:
            part = Part(account or "", piece, transfer_id, kind, contested_by)
            self.found.parts.append(part)

    def _check_currency(self, transfer: Transfer) -> None:
        sides = (
            (transfer.payer, transfer.debit_currency),
            (transfer.payee, transfer.credit_currency),
        )
        for account, currency in sides:
            if account and self.found.currency.setdefault(account, currency) != currency:
                raise ValueError(
                    f"account {account} moves {currency} in {transfer.id} but "
                    f"{self.found.currency[account]} before: give each currency its own account"
                )

    def closed(self) -> Walked:
        """What rests where, after the last payment."""
        for name, pot in self.vanished.items():
            original = self.to_undo[name]
            for piece in pot.stolen():
                self._end(original.payer, piece, name, kind=_way_out(original))
        holding = self.reserves.stolen()
        for account, pot in self.pots.items():
            if pot.holds_stolen:
                holding.setdefault(account, []).append(pot)
        for account in sorted(holding):
            pieces = (piece for pot in holding[account] for piece in pot.stolen())
            self.found.parts.extend(Part(account, piece) for piece in pieces)
        self.found.frontier = frozenset(self.unseen & holding.keys())
        return self.found


def _way_out(transfer: Transfer) -> DissipatedKind:
    ends = transfer.kind is not LineKind.TRANSFER
    return DissipatedKind(transfer.kind) if ends else DissipatedKind.UNKNOWN


def _check_unique(transfers: Sequence[Transfer]) -> None:
    for one, other in pairwise(sorted(t.id for t in transfers)):
        if one == other:
            raise ValueError(f"transfer {one} is given twice: its money would double")


def _check_source(source: Source, transfer: Transfer | None) -> None:
    if transfer is None:
        raise ValueError(f"claim {source.claim_id} is about {source.transfer_id}: not there")
    if transfer.debit_minor <= 0 or transfer.payer == transfer.payee:
        raise ValueError(f"claim {source.claim_id} is about {transfer.id}: it moves nothing")
    if source.amount_minor is not None and not 0 < source.amount_minor <= transfer.debit_minor:
        raise ValueError(
            f"claim {source.claim_id} claims nothing, or more than {transfer.id} moves"
        )

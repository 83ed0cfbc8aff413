"""How a simulated bank stops and freezes, and in what ways it goes back on that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.simulation.books import LIVE, WAITING, Hold, Json, Payout, minor_of
from tests.simulation.counter import BankContext, ProblemError
from tests.simulation.faults import Fault

STOP_HOURS = 48


class HoldingDesk(BankContext):
    """Orders to hold, to let go, to hold on."""

    def _act_of(self, one: Hold | Payout, fault: Fault | None = None) -> Callable[[datetime], None]:
        raise NotImplementedError

    def _take_up(self, one: Hold | Payout, occasion: str, hours: float) -> None:
        fault = self.rude(occasion)
        if fault is not None and fault.kind == "never":
            return
        late = fault.hours if fault is not None and fault.kind == "late" else 0
        act = self._act_of(one, fault)
        if hours + late:
            self._plan(self.now() + timedelta(hours=hours + late), act)
        else:
            act(self.now())

    def place(self, body: Json) -> Hold:
        """Take in an order to hold; ProblemError for one that cannot be carried out."""
        now, currency = self.now(), str(body["amount"]["currency"])
        if self.jurisdiction != "CN" and not body["requestRef"]:
            raise ProblemError(403, "OrderMissing")
        expires = body["expiresAt"] and datetime.fromisoformat(body["expiresAt"])
        if expires is not None and expires <= now:
            raise ProblemError(422, "PeriodExpired")
        hold = Hold(
            id=f"{self.id}-H{len(self.holds) + 1}", order_ref=body["orderRef"], status="RECEIVED",
            revision=1, modified=now, kind=body["kind"], number=body["account"]["number"],
            holder=body["account"]["holderName"], currency=currency,
            requested=minor_of(body["amount"]), expires=expires, supersedes=body["supersedes"],
        )  # fmt: skip
        self._notice_repeat(self._what_of(hold), hold.number, hold.order_ref)
        self.holds[hold.id] = hold
        self._take_up(hold, "hold", self.answer_hours)
        return hold

    def _act(self, hold: Hold, fault: Fault | None, at: datetime) -> None:
        kind = fault.kind if fault else ""
        account = self.accounts.get(hold.number)
        if kind == "queue" and fault is not None:
            self._save(hold, "QUEUED", at)
            self._plan(at + timedelta(hours=fault.hours), self._act_of(hold))
            return
        if account is None or account.currency != hold.currency or kind.startswith("refuse"):
            self._refuse(hold, kind.partition(" ")[2] or "OTHER", at)
            return
        self._convert(hold, at)
        most = hold.requested // 3 if kind == "part" else hold.requested
        hold.held = 0 if kind == "none" else min(most, self.available(hold.number))
        if not hold.held:
            self._refuse(hold, "NO_BALANCE", at)
            return
        hold.acted = at
        if hold.kind == "stop":
            hold.expires = at + timedelta(hours=STOP_HOURS)
        if kind == "yen":
            hold.told_currency = "JPY"
        self._save(hold, "HELD" if hold.held == hold.requested else "PARTIALLY_HELD", at)
        self._watch_end(hold)
        if fault is not None and kind in _LATER:
            self._plan(
                at + timedelta(hours=fault.hours),
                lambda t: _LATER[kind](self, hold, t),
                is_rude=True,
            )

    def _refuse(self, hold: Hold, reason: str, at: datetime) -> None:
        hold.acted, hold.expires, hold.reason = at, None, reason
        self._save(hold, "REFUSED", at)
        self.note_refusal(self._what_of(hold), hold.number, hold.order_ref)

    def _what_of(self, hold: Hold) -> tuple[object, ...]:
        return ("hold", hold.kind, hold.number, hold.requested, hold.supersedes or "", hold.holder)

    def _convert(self, hold: Hold, at: datetime) -> None:
        before = self.holds.get(hold.supersedes or "")
        if before is not None and before.status in (*LIVE, *WAITING):
            self.let_go(before, "CONVERTED" if before.status in LIVE else "CANCELLED", at)

    def _watch_end(self, hold: Hold) -> None:
        if hold.expires is None:
            return

        def end(at: datetime) -> None:
            if hold.status in LIVE and hold.expires is not None and hold.expires <= at:
                self.let_go(hold, "EXPIRED", at)

        self._plan(hold.expires, end)

    def let_go(self, hold: Hold, status: str, at: datetime) -> None:
        """Hold nothing any more."""
        hold.held = 0
        self._save(hold, status, at)

    def put_end(self, hold: Hold, ends: datetime, at: datetime) -> None:
        """Let a hold end at another instant."""
        if hold.status in LIVE:
            hold.expires = ends
            self._save(hold, hold.status, at)
            self._watch_end(hold)

    def hold_by_itself(self, number: str, minor: int) -> Hold | None:
        """Hold some of an account without any order; no feed tells of it."""
        held = min(minor, self.available(number))
        if not held:
            return None
        name = f"{self.id}-H{len(self.holds) + 1}"
        hold = Hold(
            id=name, order_ref=name, status="HELD", revision=1,
            modified=self.now(), kind="voluntary", number=number, holder="",
            currency=self.currency, requested=held, held=held, acted=self.now(),
            expires=self.now() + timedelta(hours=STOP_HOURS),
        )  # fmt: skip
        self.holds[hold.id] = hold
        self._watch_end(hold)
        return hold

    def release(self, hold_id: str, body: Json) -> Hold:
        """Let a hold or a part of it go."""
        hold, now = self._hold(hold_id), self.now()
        minor = None if body["amount"] is None else minor_of(body["amount"])
        if minor and body["amount"]["currency"] != (hold.told_currency or hold.currency):
            raise ProblemError(409, "OperationInvalid")
        self.releases.append((now, hold.order_ref, minor))
        if (fault := self.rude("release")) is not None and fault.kind == "refuse":
            raise ProblemError(409, "OperationInvalid")
        if hold.status in WAITING and minor is None:
            self.let_go(hold, "CANCELLED", now)
        elif hold.status not in LIVE or (minor or 0) > hold.held:
            raise ProblemError(409, "OperationInvalid")
        elif minor is None or minor == hold.held:
            self.let_go(hold, "RELEASED", now)
        else:
            hold.held -= minor
            self._save(hold, hold.status, now)
        return hold

    def extend(self, hold_id: str, body: Json) -> Hold:
        """Hold on until a later end."""
        hold, ends = self._hold(hold_id), datetime.fromisoformat(body["expiresAt"])
        fault = self.rude("extend")
        if fault is not None and fault.kind == "refuse":
            raise ProblemError(409, "OperationInvalid")
        if hold.status not in LIVE or (hold.expires is not None and ends <= hold.expires):
            raise ProblemError(409, "OperationInvalid")
        self.put_end(hold, ends, self.now())
        return hold

    def _hold(self, hold_id: str) -> Hold:
        if hold_id not in self.holds:
            raise ProblemError(404, "NotFound")
        return self.holds[hold_id]


def _lets_go(bank: HoldingDesk, hold: Hold, at: datetime) -> None:
    if hold.status in LIVE:
        bank.let_go(hold, "RELEASED", at)


def _prolongs(bank: HoldingDesk, hold: Hold, at: datetime) -> None:
    if hold.expires is not None:
        bank.put_end(hold, hold.expires + timedelta(hours=72), at)


def _shortens(bank: HoldingDesk, hold: Hold, at: datetime) -> None:
    bank.put_end(hold, at + timedelta(hours=2), at)


def _falls(bank: HoldingDesk, hold: Hold, at: datetime) -> None:
    if hold.status in LIVE and hold.held > 1:
        hold.held -= hold.held // 3 + 1
        bank._save(hold, "PARTIALLY_HELD", at)


def _grows(bank: HoldingDesk, hold: Hold, at: datetime) -> None:
    if hold.status == "PARTIALLY_HELD":
        more = min(hold.requested - hold.held, bank.available(hold.number))
        if more:
            hold.held += more
            bank._save(hold, "HELD" if hold.held == hold.requested else hold.status, at)


_LATER: dict[str, Callable[[HoldingDesk, Hold, datetime], None]] = {
    "lets_go": _lets_go,
    "prolongs": _prolongs,
    "shortens": _shortens,
    "falls": _falls,
    "grows": _grows,
}

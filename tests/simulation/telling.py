"""What a simulated bank tells when it is asked: its feed, its accounts, its statements."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import httpx

from tests.simulation.bank import Bank
from tests.simulation.books import Hold, Json, Line, Payout, minor_of, money, stamp
from tests.simulation.counter import ProblemError
from tests.simulation.faults import Fault

_SHANGHAI, _SHORT = timedelta(hours=8), timedelta(minutes=2)


class Telling:
    """The reading side of one bank."""

    bank: Bank

    def _told(self, request: httpx.Request) -> Json:
        parts = unquote(request.url.path).split("/")[2:]
        match parts:
            case ["capabilities"]:
                return self._capabilities()
            case ["events"]:
                return self._feed(request.url.params["modifiedAfter"])
            case ["calls", key]:
                return self._call(key)
            case ["holds", name] if name in self.bank.holds:
                return self.bank.holds[name].json()
            case ["payouts", name] if name in self.bank.payouts:
                return self.bank.payouts[name].json()
            case ["daily"]:
                return self._daily(request.url.params)
            case ["accounts", number] if number in self.bank.accounts:
                return self._account(number)
            case ["accounts", number, "transactions"] if number in self.bank.accounts:
                return self._statement(number, request.url.params)
        raise ProblemError(404, "NotFound")

    def _capabilities(self) -> Json:
        bank = self.bank
        return {
            "profile": "RBP/1", "bankId": bank.id, "name": bank.id, "minPollSeconds": 0,
            "jurisdiction": bank.jurisdiction, "currency": bank.currency, "limits": {},
        }  # fmt: skip

    def _daily(self, query: httpx.QueryParams) -> Json:
        """Held at each legal day's end, and paid out in it, by this bank's own books."""
        name = "Asia/Shanghai" if self.bank.jurisdiction == "CN" else "Europe/London"
        first, last = (date.fromisoformat(query[n]) for n in ("fromDate", "toDate"))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return {
            "responseDetails": {"status": "complete", "message": ""},
            "timeZone": name,
            "fromDate": first.isoformat(),
            "toDate": last.isoformat(),
            "days": [self._day(day, ZoneInfo(name)) for day in days],
        }

    def _day(self, day: date, zone: ZoneInfo) -> Json:
        begins = datetime.combine(day, time.min, tzinfo=zone)
        ends = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
        held = [self._held_at(hold, ends) for hold in self.bank.holds.values()]
        paid = [
            p.debited
            for p in self.bank.payouts.values()
            if p.booked is not None and begins <= p.booked < ends
        ]
        return {
            "date": day.isoformat(),
            "currency": self.bank.currency,
            "amountHeld": money(sum(held), self.bank.currency),
            "holds": sum(1 for minor in held if minor),
            "paidOut": money(sum(paid), self.bank.currency),
            "payouts": len(paid),
        }

    def _held_at(self, hold: Hold, at: datetime) -> int:
        """What a hold held just before an instant."""
        if hold.kind == "voluntary":
            return 0
        versions = [*hold.past, (hold.modified, hold.json())]
        known = [json for modified, json in versions if modified < at]
        return 0 if not known or hold.told_currency else minor_of(known[-1]["amountHeld"])

    def _call(self, key: str) -> Json:
        if key not in self.bank.calls:
            raise ProblemError(404, "NotFound")
        _, status, answer = self.bank.calls[key]
        return {
            "idempotencyKey": key, "status": "DONE", "responseStatus": status, "response": answer,
        }  # fmt: skip

    def _feed(self, after: str) -> Json:
        since = datetime.fromisoformat(after)
        news = [(r.modified, r.json()) for r in self.bank.resources() if r.modified > since]
        news += [r.restated for r in self.bank.resources() if r.restated and r.restated[0] > since]
        fault = self.bank.rude("feed")
        news.sort(key=lambda entry: entry[0])
        if fault is not None:
            news = self._rude_feed(news, fault, since)
        return {"items": [item for _, item in news], "hasMoreElements": False, "links": []}

    def _rude_feed(
        self, news: list[tuple[datetime, Json]], fault: Fault, since: datetime
    ) -> list[tuple[datetime, Json]]:
        old = [p for r in self.bank.resources() for p in r.past if p[0] > since]
        if fault.kind == "twice":
            return [*news, *old, *news]
        if fault.kind == "backwards":
            return [*reversed(news), *reversed(old)]
        if fault.kind in ("restated", "renumbered"):
            return self._restate(news, since, is_older=fault.kind == "renumbered")
        return [*news, *((at, _as_stranger(item)) for at, item in news)]

    def _restate(
        self, news: list[tuple[datetime, Json]], since: datetime, *, is_older: bool
    ) -> list[tuple[datetime, Json]]:
        """Something else about one resource from now on, in the place of nothing."""
        for one in self.bank.resources():
            item = _restated(one, is_older=is_older)
            if one.modified > since and item is not None:
                one.restated = (one.modified + timedelta(milliseconds=1), item)
                return [*news, one.restated]
        return news

    def tell_otherwise(self, order_ref: str) -> None:
        """From now on the feed says something else about a hold as well."""
        for hold in self.bank.holds.values():
            item = _restated(hold, is_older=False) if hold.order_ref == order_ref else None
            if item is not None:
                now = self.bank.now()
                hold.restated = (now, item | {"lastModified": stamp(now)})

    def _account(self, number: str) -> Json:
        account = self.bank.accounts[number]
        held = sum(h.held for h in self.bank.holds.values() if h.number == number)
        return {
            "responseDetails": {"status": "complete", "message": ""},
            "account": {"number": number, "currency": account.currency},
            "balance": {
                "booked": money(account.balance, account.currency),
                "held": money(held, account.currency),
                "asOf": stamp(self.bank.now()),
            },
        }

    def _statement(self, number: str, query: httpx.QueryParams) -> Json:
        fault = self.bank.rude("statement")
        if fault is not None and fault.kind == "forbidden":
            raise ProblemError(403, "Forbidden")
        begin, end = (datetime.fromisoformat(query[n]) for n in ("fromDate", "toDate"))
        if fault is not None and fault.kind == "short":
            end -= _SHORT
        told = self._bookings(number, begin, end)
        if fault is not None and fault.kind == "partial":
            told["responseDetails"]["status"] = "partial"
        return told

    def statement_file(self, number: str, until: datetime, *, dated: bool) -> Json:
        """What the bank gives as a file (Berlin Group): all until an instant, in days or times."""
        account = self.bank.accounts[number]
        lines = [x for x in account.lines if x.at <= until]
        closing = account.opening + sum(x.signed for x in lines)
        begun = datetime(2026, 1, 1, tzinfo=UTC)
        return {
            "account": {"bban": number, "currency": account.currency, "name": account.holder},
            "balances": [
                _balance("openingBooked", account.opening, account.currency, begun, dated=dated),
                _balance("closingBooked", closing, account.currency, until, dated=dated),
            ],
            "transactions": {"booked": [_filed(x, account.currency, dated=dated) for x in lines]},
        }

    def _bookings(self, number: str, begin: datetime, end: datetime) -> Json:
        account = self.bank.accounts[number]
        before = sum(x.signed for x in account.lines if x.at < begin)
        lines = [x for x in account.lines if begin <= x.at <= end]
        opening = account.opening + before
        closing = opening + sum(x.signed for x in lines)
        return {
            "responseDetails": {"status": "complete", "message": ""},
            "account": {"number": number, "currency": account.currency},
            "fromDate": stamp(begin),
            "toDate": stamp(end),
            "opening": money(opening, account.currency),
            "closing": money(closing, account.currency),
            "transactions": [
                {
                    "seq": x.seq,
                    "bookedAt": stamp(x.at),
                    "creditDebit": "CRDT" if x.signed > 0 else "DBIT",
                    "amount": money(abs(x.signed), account.currency),
                    "kind": x.kind,
                    "counterparty": None if x.other is None else _party(x.other),
                    "counterAmount": None if x.other_money is None else money(*x.other_money),
                    "endToEndId": x.ref,
                }
                for x in lines
            ],
            "links": [],
        }


def _day(at: datetime, *, dated: bool) -> str:
    return (at + _SHANGHAI).date().isoformat() if dated else str(stamp(at))


def _balance(kind: str, minor: int, currency: str, at: datetime, *, dated: bool) -> Json:
    amount = money(minor, currency)
    day = _day(at, dated=dated)
    return {"balanceType": kind, "balanceAmount": amount, "referenceDate": day}


def _filed(line: Line, currency: str, *, dated: bool) -> Json:
    """One booking as the Berlin Group spells it: the sign of the amount tells the direction."""
    row: Json = {
        "transactionAmount": money(line.signed, currency),
        "bookingDate": _day(line.at, dated=dated),
        "endToEndId": line.ref,
        "bankTransactionCode": "PMNT-CCRD-CWDL" if line.kind == "CASH" else "",
    }
    if line.other is not None:
        side = "debtor" if line.signed > 0 else "creditor"
        bank, number, holder = line.other
        row |= {f"{side}Account": {"bban": number}, f"{side}Agent": bank, f"{side}Name": holder}
    return row


def _party(other: tuple[str, str, str]) -> Json:
    bank, number, holder = other
    return {"bank": bank, "number": number, "holderName": holder}


def _restated(one: Hold | Payout, *, is_older: bool) -> Json | None:
    """Another figure under the same revision, or under an older one with a newer stamp."""
    item = one.json()
    at = stamp(one.modified + timedelta(milliseconds=1))
    item |= {"lastModified": at, "revision": one.revision - is_older}
    if isinstance(one, Hold) and one.held > 1 and not one.told_currency:
        none, half = money(0, one.currency), money(one.held // 2, one.currency)
        ended = {"status": "RELEASED", "amountHeld": none}
        return item | ({"amountHeld": half} if is_older else ended)
    if isinstance(one, Payout) and one.status == "SETTLED" and one.paid > 1:
        return item | {"amount": money(one.paid // 2, one.paid_currency)}
    return None


def _as_stranger(item: Json) -> Json:
    """A resource of the other type that bears our reference of this one."""
    stranger = {
        "id": "stranger-1", "revision": 9, "orderRef": item["orderRef"], "rejectionReason": None,
        "lastModified": item["lastModified"],
    }  # fmt: skip
    if item["type"] == "payout":
        more = {"type": "hold", "status": "RELEASED", "actedAt": None, "expiresAt": None}
        sums = {"amountRequested": item["amount"], "amountHeld": item["amount"]}
    else:
        more = {"type": "payout", "status": "SETTLED", "bookedAt": item["lastModified"]}
        sums = {"amount": item["amountHeld"], "debited": item["amountHeld"], "bookingRef": "S"}
    return stranger | more | sums

"""The inspection endpoint: what the bank's own book says, and which faults are planted."""

from __future__ import annotations

import html
import sqlite3
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from recovery_flows.sandbox.arithmetic import iso, micros
from recovery_flows.sandbox.banks import abroad_routes, resources, statements, task_routes
from recovery_flows.sandbox.banks.clearing import catch_up
from recovery_flows.sandbox.banks.fault_routes import faults_html
from recovery_flows.sandbox.banks.holds import convert, dispose, find_hold, release
from recovery_flows.sandbox.banks.payouts import Payout
from recovery_flows.sandbox.banks.service import BankContext
from recovery_flows.sandbox.banks.wire import ProblemError, bad_request, instant, json_object, text
from recovery_flows.sandbox.journal import transaction
from recovery_flows.sandbox.rows import Hold

_ACCOUNTS = "SELECT * FROM account JOIN balance ON account_id = id WHERE bank = ? ORDER BY id"
# A hold's revision stays: the feed has nothing new to tell. A payout is wrong on its own day.
_SLIPS = {
    "hold": "UPDATE hold SET held_minor = held_minor + :minor, modified_us = :now"
    " WHERE bank = :bank AND id = :id",
    "payout": "UPDATE payout SET debited_minor = debited_minor + :minor"
    " WHERE bank = :bank AND id = :id",
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>
<h1>{name}</h1><p>This bank is synthetic: it exists on this machine only, its customers and its
money are invented, and it keeps its own book.</p>
<p><a href="/sandbox/book">The book</a> · {count} accounts · {now}</p>{faults}</html>"""


def routes(context: BankContext) -> list[Route]:
    """The witness page, the book, and what others do at the bank."""
    return [
        Route("/", partial(_page, context)),
        Route("/sandbox/book", partial(_book, context)),
        Route("/sandbox/mistakes", partial(_mistake, context), methods=["POST"]),
        Route("/sandbox/conversions", partial(_court_order, context), methods=["POST"]),
        Route("/sandbox/slips", partial(_slip, context), methods=["POST"]),
        Route("/sandbox/freezes", partial(_other_freeze, context), methods=["POST"]),
    ]


async def _page(context: BankContext, _request: Request) -> Response:
    now_us = catch_up(context.db, context.now())
    count = context.db.execute("SELECT COUNT(*) FROM account WHERE bank = ?", [context.bank])
    name, faults = html.escape(context.name), faults_html(context)
    said = {"name": name, "count": count.fetchone()[0], "now": iso(now_us), "faults": faults}
    return HTMLResponse(_PAGE.format(**said))


async def _book(context: BankContext, request: Request) -> Response:
    now_us = catch_up(context.db, context.now())
    where = [context.bank]
    book: dict[str, object] = {"synthetic": True, "bankId": context.bank, "asOf": iso(now_us)}
    book["accounts"] = [
        {
            "number": row["number"],
            "holderName": row["holder"],
            "opening": resources.money_json(row["opening_minor"], row["currency"]),
            "booked": resources.money_json(row["booked_minor"], row["currency"]),
            "held": resources.money_json(row["held_minor"], row["currency"]),
        }
        for row in context.db.execute(_ACCOUNTS, [context.bank])
    ]
    rows = context.db.execute("SELECT * FROM hold WHERE bank = ? ORDER BY received_us, id", where)
    book["holds"] = [resources.hold_json(Hold(*row)) for row in rows]
    rows = context.db.execute("SELECT * FROM payout WHERE bank = ? ORDER BY modified_us, id", where)
    book["payouts"] = [resources.payout_json(Payout(*row), context.currency) for row in rows]
    book["tasks"] = task_routes.book(context)
    if abroad_routes.is_abroad(context):
        book["requests"] = abroad_routes.book(context)
    book["refusedDebits"] = _refused_debits(context)
    number = request.query_params.get("account")
    if number is not None:
        book["bookings"] = _bookings(context, number)
    return JSONResponse(book)


def _refused_debits(context: BankContext) -> list[dict[str, object]]:
    rows = context.db.execute(
        "SELECT r.*, a.number, a.currency FROM refusal r JOIN account a ON a.id = r.account_id"
        " WHERE a.bank = ? ORDER BY r.place",
        [context.bank],
    )
    return [
        {
            "at": iso(row["at_us"]),
            "number": row["number"],
            "amount": resources.money_json(row["amount_minor"], row["currency"]),
            "reason": row["reason"],
        }
        for row in rows
    ]


def _bookings(context: BankContext, number: str) -> list[dict[str, object]]:
    account = resources.find_account(context.db, context.bank, number)
    return [
        statements.booking_json(row, account["currency"])
        for row in statements.bookings(context.db, account["id"], (0, account["seq"]), -1)
    ]


async def _mistake(context: BankContext, request: Request) -> Response:
    """Somebody at the bank lets a hold go that nobody asked for: `{"hold": id}`."""
    now_us = catch_up(context.db, context.now())
    try:
        hold = find_hold(context.db, context.bank, text(json_object(await request.body()), "hold"))
    except ProblemError as problem:
        return problem.response()
    if hold is None:
        return ProblemError(404, "NotFound", "no such hold at this bank").response()
    with transaction(context.db) as journal:
        gone = release(journal, hold, None, now_us)
    return JSONResponse({"released": gone, "status": hold.status})


async def _court_order(context: BankContext, request: Request) -> Response:
    """A court takes a hold over, or with `"carriedOut": true` its order is: `{"hold": id}`."""
    now_us = catch_up(context.db, context.now())
    try:
        body = json_object(await request.body())
        hold = find_hold(context.db, context.bank, text(body, "hold"))
    except ProblemError as problem:
        return problem.response()
    if hold is None:
        return ProblemError(404, "NotFound", "no such hold at this bank").response()
    act = dispose if body.get("carriedOut") else convert
    with transaction(context.db) as journal:
        done = act(journal, hold, now_us)
    return JSONResponse({"done": done, "status": hold.status})


async def _slip(context: BankContext, request: Request) -> Response:
    """Somebody at the bank books wrong by some minor units, and tells nobody.

    `{"hold": id, "minor": -1}` from the bank's now on, or `{"payout": id, "minor": 1}`.
    """
    now_us = catch_up(context.db, context.now())
    try:
        body = json_object(await request.body())
        minor = body.get("minor")
        if not isinstance(minor, int):
            raise bad_request("minor is a whole number")
        noun = "hold" if "hold" in body else "payout"
        to = {"minor": minor, "now": now_us, "bank": context.bank, "id": text(body, noun)}
        changed = context.db.execute(_SLIPS[noun], to)
    except ProblemError as problem:
        return problem.response()
    except sqlite3.IntegrityError:
        return bad_request("no book could show that").response()
    if not changed.rowcount:
        return ProblemError(404, "NotFound", f"no such {noun} at this bank").response()
    return JSONResponse({"off": minor})


async def _other_freeze(context: BankContext, request: Request) -> Response:
    """Another authority freezes an account here: `{"number": …, "until": …}`."""
    try:
        body = json_object(await request.body())
        until_us = instant(text(body, "until"), "until")
        row = [context.bank, text(body, "number"), micros(context.now()), until_us]
    except ProblemError as problem:
        return problem.response()
    context.db.execute("INSERT INTO other_freeze VALUES (?,?,?,?)", row)
    return JSONResponse({"frozenUntil": iso(until_us)})

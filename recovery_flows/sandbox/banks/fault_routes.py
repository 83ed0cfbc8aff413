"""The routes that plant faults and list them."""

from __future__ import annotations

import html
import json
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from recovery_flows.sandbox.banks.service import BankContext
from recovery_flows.sandbox.banks.wire import ProblemError, bad_request, json_object
from recovery_flows.sandbox.faults import plan as faults
from recovery_flows.sandbox.faults.by_seed import dice_of, read_dice, set_dice


def routes(context: BankContext) -> list[Route]:
    """Planted faults, the dice, and what has met which calls so far."""
    return [
        Route("/sandbox/faults", partial(_faults, context), methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/faults/met", partial(_met, context)),
        Route("/sandbox/dice", partial(_dice, context), methods=["GET", "POST", "DELETE"]),
    ]


def faults_html(context: BankContext) -> str:
    """What goes wrong at this bank, as a part of its page."""
    on = [_row_text(row) for row in faults.planted(context.db, context.bank)]
    dice = dice_of(context.db, context.bank)
    on += [] if dice is None else [f"by {dice}"]
    met = [f"{row['kind']} × {row['times']} in {row['call']}" for row in _seen(context)]
    return _list("Going wrong", on) + _list("Gone wrong", met)


def _list(title: str, lines: list[str]) -> str:
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines or ["nothing"])
    return f"<h2>{title}</h2><ul>{items}</ul>"


def _row_text(row: dict[str, object]) -> str:
    more = [f"{name} {row[name]}" for name in ("seconds", "amount") if row[name] is not None]
    return ", ".join([f"{row['kind']} × {row['times']} in {row['call']}", *more])


def _seen(context: BankContext) -> list[dict[str, object]]:
    return faults.met(context.db, context.bank)


async def _faults(context: BankContext, request: Request) -> Response:
    try:
        if request.method == "POST":
            rows = json_object(b'{"faults":' + await request.body() + b"}")["faults"]
            faults.plant(context.db, faults.read_faults(rows, context.bank))
        elif request.method == "DELETE":
            faults.clear(context.db, context.bank)
    except ValueError as error:
        return bad_request(str(error)).response()
    except ProblemError as problem:
        return problem.response()
    return JSONResponse(faults.planted(context.db, context.bank))


async def _met(context: BankContext, _request: Request) -> Response:
    return JSONResponse(_seen(context))


async def _dice(context: BankContext, request: Request) -> Response:
    try:
        if request.method == "POST":
            set_dice(context.db, context.bank, read_dice(json_object(await request.body())))
        elif request.method == "DELETE":
            set_dice(context.db, context.bank, None)
    except ValueError as error:
        return bad_request(str(error)).response()
    except ProblemError as problem:
        return problem.response()
    dice = dice_of(context.db, context.bank)
    told = None
    if dice is not None:
        told = {"seed": dice.seed, "percent": dice.percent, "seconds": dice.seconds}
    return Response(json.dumps(told), media_type="application/json")

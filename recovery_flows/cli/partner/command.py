"""`recovery partner`: the banks that the unit talks to."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.partner import register as partner_register
from recovery_flows.cli.partner.channel import WHAT_NEXT, Channel

if TYPE_CHECKING:
    from models.queries.cases.work import PartnerLine
    from recovery_flows.cli.composition import Installation

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NAME_LENGTH_MAX = 80


class OfKind(StrEnum):
    """What a partner can be."""

    BANK = "bank"
    TELECOM = "telecom"
    PLATFORM = "platform"
    AUTHORITY = "authority"
    POLICE = "police"
    CENTRAL_AUTHORITY = "central_authority"
    FIU = "fiu"


Kind = Annotated[OfKind, typer.Option(help="What it is; only a bank has accounts.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Banks, telecoms, platforms, authorities.", no_args_is_help=True)
    group.command()(add)
    group.command()(key)
    partner_register.attach(group)
    app.add_typer(group, name="partner")


def add(
    partner_id: Annotated[str, typer.Argument(metavar="ID", help="As complaint files name it.")],
    *,
    name: Annotated[str, typer.Option(help="Its name.")],
    regime: Annotated[str, typer.Option(help="Law it is under, such as CN.")],
    currency: Annotated[str, typer.Option(help="Of its accounts, ISO 4217.")],
    kind: Kind = OfKind.BANK,
    url: Annotated[str, typer.Option(help="https://host[:port], or http on the loopback.")] = "",
    channel: Annotated[
        Channel, typer.Option(help="`letter` for a bank without an interface.")
    ] = Channel.API,
    client_id: Annotated[str, typer.Option(help="Our client id there; our key proves it.")] = "",
    token_from_stdin: Annotated[
        bool, typer.Option("--token-from-stdin", help="Read a fixed token from standard input.")
    ] = False,
    ca: Annotated[Path | None, typer.Option(help="PEM file: trusted at its address.")] = None,
    cert: Annotated[Path | None, typer.Option(help="PEM file: our TLS certificate.")] = None,
    cert_key: Annotated[Path | None, typer.Option(help="PEM file: its key.")] = None,
    home: Annotated[bool, typer.Option("--home", help="Orders are sent, not requests.")] = False,
    private_network: Annotated[
        bool, typer.Option("--private-network", help="Its address is in a private network.")
    ] = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Register a partner or its new address. A second person confirms.

    A bank that knows our key (`recovery partner key`) is registered with --client-id; one that
    hands out a fixed token with --token-from-stdin. One with --channel letter needs none of them.
    """
    from models.entities.officer import Role
    from models.entities.partner import PartnerKind
    from models.store.partners import partner_values
    from recovery_flows.access.registers import ask_partner
    from recovery_flows.cli.officer import tell_asked
    from recovery_flows.cli.partner.channel import check_change, check_line, check_way, stored

    files = tuple("" if path is None else str(path.resolve()) for path in (ca, cert, cert_key))
    check_way(channel, url, client_id, files, token_from_stdin=token_from_stdin)
    token = sys.stdin.readline().strip() if token_from_stdin else ""
    with opened() as installation:
        acting = installation.case_officer(acting_as)
        asked_by = acting.actor(Role.SUPERVISOR).id
        _check(installation, partner_id, name, regime, currency)
        check_line(
            channel, installation, partner_id, url, token, client_id, files,
            private=private_network,
        )  # fmt: skip
        is_known = partner_id in {p.id for p in _partners(installation)}
        values = partner_values(
            installation.database.vault, partner_id, name=name, regime=regime,
            currency=currency, home=home, base_url=url, token=token, client_id=client_id,
            certificates=(files[0], files[1], files[2]), kind=PartnerKind(kind.value),
            channel=stored(channel),
        )  # fmt: skip
        with acting.unit() as (unit, _):
            check_change(channel, unit.session, partner_id)
            change = ask_partner(unit, acting, partner_id, values, is_known=is_known)
    what = f"{partner_id} {'changed' if is_known else 'registered'}; then {WHAT_NEXT[channel]}"
    tell_asked(what, change, asked_by, as_json=as_json)


def _check(
    installation: Installation, partner_id: str, name: str, regime: str, currency: str
) -> None:
    from models.money import exponent
    from recovery_flows.cli.intake.command import check_regime
    from recovery_flows.errors import MisuseError

    if not _ID.fullmatch(partner_id):
        raise MisuseError("an id is 1 to 64 letters, digits, dots, dashes or underscores")
    if not 0 < len(name.strip()) <= _NAME_LENGTH_MAX:
        raise MisuseError(f"a name has 1 to {_NAME_LENGTH_MAX} characters")
    check_regime(installation, regime)
    try:
        exponent(currency)
    except ValueError as error:
        raise MisuseError(str(error)) from error


def key() -> None:
    """Print our public key (JWK set) for a bank that trusts our orders."""
    with opened() as installation:
        say_json(installation.signer.public_jwks())


def _partners(installation: Installation) -> list[PartnerLine]:
    from models.queries.cases.work import partners

    with installation.database.reading() as session:
        return partners(session, installation.database.vault)

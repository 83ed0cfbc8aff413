"""How a partner is reached: by its interface, or by letter; what each way needs and refuses."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.entities.partner import PartnerChannel
    from recovery_flows.cli.composition import Installation


class Channel(StrEnum):
    """How a partner is reached."""

    API = "api"
    LETTER = "letter"


WHAT_NEXT = {
    Channel.API: "`recovery doctor` asks whether it answers",
    Channel.LETTER: "what it is told is printed: `recovery letter list`",
}


def check_way(
    channel: Channel, url: str, client_id: str, files: tuple[str, ...], *, token_from_stdin: bool
) -> None:
    """An interface needs an address and who we are; a bank by letter has neither."""
    from recovery_flows.errors import MisuseError

    if channel is Channel.LETTER:
        if url or client_id or token_from_stdin or any(files):
            raise MisuseError("a bank by letter has no address, client id, token or certificate")
        return
    if not url:
        raise MisuseError("an interface has an address: give --url, or --channel letter")
    if bool(client_id) == token_from_stdin:
        raise MisuseError(
            "say who we are to the bank: --client-id, or a fixed token with --token-from-stdin"
        )


def check_line(
    channel: Channel,
    installation: Installation,
    partner_id: str,
    url: str,
    token: str,
    client_id: str,
    files: tuple[str, ...],
    *,
    private: bool,
) -> None:
    """Whether a line to an interface could be opened with these; UnfitArgumentError if not.

    An address of a private network is taken where the supervisor says so.
    """
    from models.ids import PartnerId
    from recovery_flows.errors import MisuseError
    from recovery_flows.partners.rbp1.connection import Certificates, Line, is_private

    if channel is Channel.API:
        line = Line(
            PartnerId(partner_id), url, token, client_id, installation.signer,
            certificates=Certificates(*files),
        )  # fmt: skip
        line.certificates.context()
        if is_private(line.origin()) and not private:
            raise MisuseError(
                "--url is an address of a private network: say --private-network if it is meant"
            )


def check_change(channel: Channel, session: Session, partner_id: str) -> None:
    """What left through an interface is asked for there: only after that a bank goes by letter."""
    from models.queries.cases.letters import calls_in_doubt
    from recovery_flows.errors import RefusedError
    from recovery_flows.wording import counted

    if channel is Channel.API:
        return
    open_calls = calls_in_doubt(session, partner_id)
    if open_calls:
        raise RefusedError(
            f"{partner_id} has {counted(open_calls, 'call')} without an answer yet: let the engine "
            "ask what became of them first"
        )


def stored(channel: Channel) -> PartnerChannel:
    """The same as the register keeps it."""
    from models.entities.partner import PartnerChannel

    return PartnerChannel(channel.value)

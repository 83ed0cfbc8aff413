"""Which calls leave through a partner's interface; all others are letters, sent by people."""

from __future__ import annotations

import sqlalchemy as sa

from models.entities.call import Call
from models.entities.catalogue import table_of
from models.entities.partner import Partner, PartnerChannel

_CALLS, _PARTNERS = table_of(Call), table_of(Partner)


def letter_partners() -> sa.Select[tuple[str]]:
    """Ids of the partners that are reached by letter."""
    return _BY_LETTER


_BY_LETTER = sa.select(_PARTNERS.c.id).where(_PARTNERS.c.channel == PartnerChannel.LETTER)


def by_interface() -> sa.ColumnElement[bool]:
    """Calls that the engine may lease: what was printed or sent by hand stays a letter.

    That holds too after its bank got an interface: the same order must not leave twice.
    """
    return sa.and_(
        _CALLS.c.letter_digest == "",
        _CALLS.c.sent_how == "",
        _CALLS.c.partner_id.not_in(letter_partners()),
    )

"""What people call the banks: our id, the name in the register, the codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import Place
from models.entities.catalogue import table_of
from models.entities.partner import Partner, PartnerKind

_PARTNERS = table_of(Partner)


@dataclass(frozen=True, slots=True)
class BankName:
    """One registered bank: where it is and what it is called."""

    id: str
    name: str
    codes: tuple[str, ...]
    place: Place


def bank_names(session: Session) -> list[BankName]:
    """All registered banks, by id."""
    c = _PARTNERS.c
    query = (
        sa.select(c.id, c.name, c.codes, c.home, c.regime, c.currency)
        .where(c.kind == PartnerKind.BANK)
        .order_by(c.id)
    )
    return [
        BankName(
            id=row.id,
            name=row.name,
            codes=tuple(code for code in row.codes.split(",") if code),
            place=Place(row.id, row.home, row.regime, row.currency),
        )
        for row in session.execute(query)
    ]


def by_name(banks: Iterable[BankName]) -> dict[str, str]:
    """A bank's id by each of its names in small letters; a name that two have is left out."""
    called = defaultdict[str, set[str]](set)
    for bank in banks:
        for name in (bank.id, bank.name, *bank.codes):
            called[" ".join(name.casefold().split())].add(bank.id)
    return {name: ids.pop() for name, ids in called.items() if name and len(ids) == 1}

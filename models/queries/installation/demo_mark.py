"""Whether this installation is a demo, by its signed history and not by what lies in its folder."""

from __future__ import annotations

import sqlalchemy as sa

from models.engine import Database
from models.entities.register_states import InstallationKind
from models.entities.runtime import Installation
from models.entities.states import EntityKind
from models.entities.tables import table_of
from models.queries.audit.integrity import broken_subject
from models.store.installing import THIS

_INSTALLATIONS = table_of(Installation)


def is_demo(database: Database) -> bool:
    """Whether it was made for the demo; a mark that no signed event made does not count."""
    with database.reading() as session:
        found = session.execute(
            sa.select(_INSTALLATIONS.c.state).where(_INSTALLATIONS.c.id == THIS)
        ).scalar()
        if found is not InstallationKind.DEMO:
            return False
        return not broken_subject(session, database, EntityKind.INSTALLATION, THIS)

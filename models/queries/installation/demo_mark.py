"""Whether this installation is a demo, by its signed history and not by what lies in its folder."""

from __future__ import annotations

import sqlalchemy as sa

from models.engine import Database
from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.installation import THIS, Installation, InstallationKind

_INSTALLATIONS = table_of(Installation)


def is_demo(database: Database) -> bool:
    """Whether it was made for the demo; a mark that no signed event made does not count."""
    with database.reading() as session:
        found = session.execute(
            sa.select(_INSTALLATIONS.c.state).where(_INSTALLATIONS.c.id == THIS)
        ).scalar()
        if found is not InstallationKind.DEMO:
            return False
        from models.queries.audit.integrity import broken_subject

        return not broken_subject(session, database, EntityKind.INSTALLATION, THIS)

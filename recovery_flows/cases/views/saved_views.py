"""Named views of the queue: a TOML file of the unit, which people write, copy and share.

The program adds a view when a person saves one, and changes nothing else in the file. How each
person looked last stands in files of its own, encrypted, for a filter may hold an account number.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.language.phrase import phrase
from models.privacy.personal_data import personal_data
from models.queries.cases.queue_order import SORTED_BY
from models.safe_text import steers_or_hides
from models.sealing.vault import Vault
from recovery_flows.cases.kept.officer_file import OfficerFile
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.errors import MisuseError, unwritable

FILE_NAME = "views.toml"
_ACCOUNT_DIGITS = 8
"""A word of a filter with so many digits may be an account number."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter, a column to sort by (`-` before it: downwards), ended ones too."""

    filter: str = ""
    sort: str = ""
    closed: bool = False

    @property
    def query(self) -> QueueQuery:
        """The view as it is read."""
        column = self.sort.removeprefix("-")
        return QueueQuery(
            self.filter, with_closed=self.closed, order_by=column, is_down=column != self.sort
        )


_FIELDS: Mapping[str, type] = {"filter": str, "sort": str, "closed": bool}


def view_of(look: QueueQuery) -> SavedView:
    """How somebody looks now."""
    sort = f"-{look.order_by}" if look.is_down else look.order_by
    return SavedView(" ".join(look.text.split()), sort, look.with_closed)


def read_views(folder: Path) -> dict[str, SavedView]:
    """The views of the unit by name, none without a file; MisuseError names what is wrong."""
    file = folder / FILE_NAME
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")).get("views", {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise MisuseError(
            phrase("{file} cannot be read as TOML: {error}", file=file, error=error)
        ) from error
    if not isinstance(found, dict):
        raise MisuseError(
            phrase('{file}: a view is a table such as [views."ends soon"]', file=file)
        )
    return {name: _view(file, name, given) for name, given in found.items()}


def view_named(folder: Path | None, name: str) -> SavedView:
    """The view of that name; MisuseError lists those that there are."""
    known = read_views(folder) if folder else {}
    if name not in known:
        none = phrase("none: V on the queue saves one, in {file}", file=FILE_NAME)
        named = ", ".join(known) or none
        raise MisuseError(
            phrase("there is no view {name!r}; there are {named}", name=name, named=named)
        )
    return known[name]


def add_view(folder: Path, name: str, view: SavedView) -> str:
    """Write one view more into the file; one sentence of what was done."""
    name = " ".join(name.split())
    if name in read_views(folder):
        raise MisuseError(
            phrase(
                "there is a view {name!r} already: change or remove it in {file_name}",
                name=name,
                file_name=FILE_NAME,
            )
        )
    if steers_or_hides(name + view.filter):
        raise MisuseError(phrase("a name of a view has no control characters, and no filter has"))
    text = f"{name} / {view.filter}"
    has_long = any(sum(c.isdigit() for c in word) >= _ACCOUNT_DIGITS for word in text.split())
    if has_long or personal_data(text):
        raise MisuseError(phrase("this may hold an account number, and views are kept in clear"))
    # TOML takes no pairs of surrogates, by which JSON escapes some letters.
    lines = [f"\n[views.{json.dumps(name, ensure_ascii=False)}]"]
    lines += [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in asdict(view).items()
        if value
    ]
    file = folder / FILE_NAME
    try:
        with file.open("a", encoding="utf-8") as written:
            written.write("\n".join([*lines, ""]))
    except OSError as error:
        raise unwritable(file, error) from error
    return phrase("the view {name!r} is saved in {file}", name=name, file=file)


def _view(file: Path, name: str, given: Any) -> SavedView:  # noqa: ANN401 - as TOML gave it
    where = phrase("{file}: view {name!r}", file=file, name=name)
    if not isinstance(given, dict):
        raise MisuseError(phrase("{where} is no table with filter, sort, closed", where=where))
    for key, value in given.items():
        if key not in _FIELDS:
            raise MisuseError(
                phrase(
                    "{where} has {key!r}; it may have filter, sort, closed", where=where, key=key
                )
            )
        if not isinstance(value, _FIELDS[key]):
            raise MisuseError(
                phrase(
                    "{where}: {key} must be a {name}",
                    where=where,
                    key=key,
                    name=_FIELDS[key].__name__,
                )
            )
    view = SavedView(**given)
    if view.sort.removeprefix("-") not in ("", *SORTED_BY):
        raise MisuseError(
            phrase(
                "{where}: sort is one of {named}, or empty", where=where, named=", ".join(SORTED_BY)
            )
        )
    return view


def keep_look(folder: Path, vault: Vault, officer_id: str, view: SavedView) -> None:
    """Keep how an officer looks now; OSError where it cannot be written."""
    _look_file(folder, vault, officer_id).write(asdict(view))


def last_look(folder: Path, vault: Vault, officer_id: str) -> SavedView:
    """How an officer looked last; as at first where nothing is kept that can be read."""
    kept = _look_file(folder, vault, officer_id).read()
    known = {name: kept[name] for name, kind in _FIELDS.items() if type(kept.get(name)) is kind}
    return SavedView(**known)


def _look_file(folder: Path, vault: Vault, officer_id: str) -> OfficerFile:
    return OfficerFile(folder, vault, "looks", "look", officer_id)

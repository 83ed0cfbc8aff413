"""Keys of one's own: actions by name, other keys for them, and what cannot be meant of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from textual.binding import Binding, BindingType

from models.language.phrase import joined, phrase
from recovery_flows.wording import counted

FIXED = frozenset({"escape", "enter", "tab", "shift+tab", "ctrl+c", "ctrl+q", "ctrl+p", "y"})
"""Keys that leave, confirm or quit everywhere; no other action gets them."""
_NAME = re.compile(r"(?:app\.)?(?:(?:go|act)\('(\w+)'\)|(\w+))")


def named(bindings: Sequence[BindingType]) -> list[BindingType]:
    """The same bindings, each with the name of its action, by which a key map changes its key."""
    return [
        replace(one, id=found[1] or found[2])
        if isinstance(one, Binding)
        and one.key not in FIXED
        and (found := _NAME.fullmatch(one.action))
        else one
        for one in bindings
    ]


def wrong_keys(keys: Mapping[str, str], places: Iterable[Sequence[BindingType]]) -> list[str]:
    """What is wrong with a key map; `places` are all bindings in reach of each screen."""
    seen: dict[str, None] = {}
    known = set[str]()
    for bindings in places:
        at: dict[str, str] = {}
        for one in bindings:
            if not isinstance(one, Binding):
                continue
            known |= {one.id} if one.id else set()
            name = one.id or one.action
            for key in keys.get(one.id or "", one.key).split(","):
                other = at.setdefault(key.strip(), name)
                if other != name and {other, name} & keys.keys():
                    seen[f"{key.strip()} is {other} and {name}"] = None
    told = list(seen)
    told += [phrase("{key} stays as it is", key=key) for key in keys.values() if key in FIXED]
    unknown = [name for name in keys if name not in known]
    if unknown:
        told.append(
            phrase(
                "no action is named {unknown}; there are {known}",
                unknown=", ".join(unknown),
                known=", ".join(sorted(known)),
            )
        )
    return told


def complaint(wrong: Sequence[str]) -> str:
    """One sentence for the start."""
    return phrase(
        "{mistakes} in screen.keys, which is not used: {wrong}",
        mistakes=counted(len(wrong), "mistake"),
        wrong=joined("; ", wrong),
    )

"""The law of each country as data, one TOML file per regime."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

from config.channels import read_data_classes


def regime_codes() -> tuple[str, ...]:
    """Codes of the regimes that come with the program, sorted (`CN`, `GB`)."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(n.removesuffix(".toml").upper() for n in names if n.endswith(".toml")))


def read_regime(code: str) -> dict[str, Any]:
    """The table of one regime as parsed TOML; LookupError names the codes there are.

    The classes of data are the same for all: each regime's rules of disclosure need them.
    """
    if code not in regime_codes():
        raise LookupError(f"no regime {code!r}; there are {', '.join(regime_codes())}")
    regime = tomllib.loads(files(__name__).joinpath(f"{code.lower()}.toml").read_text("utf-8"))
    return regime | {"data_classes": read_data_classes()}

"""One sentence for a bad setting: which one, from where, and why; never what was in it."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from recovery_flows.errors import MisuseError


class SettingsError(MisuseError):
    """A setting is unusable; the message is one sentence for the person who set it."""


def complain_of_variable(settings: type[BaseModel], prefix: str, spared: str) -> None:
    """Raise SettingsError for a variable that looks like ours but is no setting.

    The environment source passes over unknown names, so that a slip of the pen would be silent.
    """
    for name in sorted(os.environ):
        field = name.removeprefix(prefix).split("__")[0].lower()
        if name.startswith(prefix) and name != spared and field not in settings.model_fields:
            raise SettingsError(f"the environment variable {name} is not a setting")


def complain(
    error: ValueError, prefix: str, file: Path, read: Callable[[Path], dict[str, Any]]
) -> SettingsError:
    """The sentence for the first thing that is wrong."""
    if not isinstance(error, ValidationError):
        # pydantic-settings: `error parsing value for field "engine" from source ...`
        match = re.search(r'field "(\w+)"', str(error))
        path, why = ([match[1]] if match else []), "is not JSON"
    else:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        path = [str(part) for part in first["loc"]]
        why = _reason(first["type"], first["msg"])
    if not path:
        return SettingsError(f"the settings do not fit together: {why}")
    origin = _variable(path, prefix) or _key(path, file, read) or "by default"
    return SettingsError(f"the setting {'.'.join(path)} ({origin}) {why}")


def _reason(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "does not exist"
    if kind == "value_error":
        return "is not usable: " + message.removeprefix("Value error, ")
    return message.replace("Input should", "should", 1)


def _variable(path: Sequence[str], prefix: str) -> str:
    """The environment variable that gave the setting, or a group as JSON that holds it."""
    present = {name.upper(): name for name in os.environ}
    for length in range(len(path), 0, -1):
        name = (prefix + "__".join(path[:length])).upper()
        if name in present:
            return f"environment variable {present[name]}"
    if path[0] == "prefect" and path[-1] == "api_url" and "PREFECT_API_URL" in present:
        return "environment variable PREFECT_API_URL"
    return ""


def _key(path: Sequence[str], file: Path, read: Callable[[Path], dict[str, Any]]) -> str:
    found: Any = read(file)
    for part in path:
        if not isinstance(found, dict) or part not in found:
            return ""
        found = found[part]
    return f"in {file}"

"""Makes docs/settings.md from the settings classes: `python -m config.document`."""

import ast
import inspect
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.settings import FILE_NAME, FILE_VARIABLE, PREFIX, Settings

TARGET = Path(__file__).parent.parent / "docs" / "settings.md"
_HEAD = f"""# Settings

Made from `config/settings.py` by `python -m config.document`; do not edit.

Each setting can be given as an environment variable or in `{FILE_NAME}` in the data folder
(another file: `{FILE_VARIABLE}`). The environment wins over the file, the file over the default.
In the file a group is a table: `[engine]`, then `chunk_size = 500`. A bad value stops the program
with one sentence that names the setting and where it came from.
"""


def texts(model: type[BaseModel]) -> dict[str, str]:
    """The text under each field of a settings class; each command would pay if pydantic read them.

    A field without one is left out.
    """
    (body,) = (
        node.body
        for node in ast.parse(Path(inspect.getfile(model)).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == model.__name__
    )
    return {
        field.target.id: inspect.cleandoc(under.value.value)
        for field, under in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(under, ast.Expr)
        and isinstance(under.value, ast.Constant)
        and isinstance(under.value.value, str)
    }


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "see text"
    if field.default in (None, ""):
        return "none"
    value = field.default
    return "set" if isinstance(value, SecretStr) else f"`{value}`"


def _row(name: str, field: FieldInfo, text: str, group: str = "") -> str:
    variable = PREFIX + (f"{group}__{name}" if group else name).upper()
    meaning = " ".join(text.split())
    return f"| `{name}` | `{variable}` | {_default(field)} | {meaning} |"


def _table(rows: list[str]) -> list[str]:
    return [
        "",
        "| setting | environment variable | default | meaning |",
        "|---|---|---|---|",
        *rows,
    ]


def render() -> str:
    """The whole page as Markdown."""
    groups: dict[str, type[BaseModel]] = {}
    plain: list[str] = []
    told = texts(Settings)
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            groups[name] = field.annotation
        else:
            plain.append(_row(name, field, told[name]))
    lines = [_HEAD.rstrip(), *_table(plain)]
    for name, group in groups.items():
        own = texts(group)
        rows = [_row(key, field, own[key], name) for key, field in group.model_fields.items()]
        lines += [
            "",
            f"## {name}",
            "",
            told[name],
            *_table(rows),
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")

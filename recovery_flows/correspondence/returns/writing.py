"""A recovery's documents as new files: whoever asks, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from recovery_flows.correspondence.letters.files import check_free, write_new
from recovery_flows.correspondence.returns.page import Document, as_json, as_markdown
from recovery_flows.correspondence.returns.pdf import as_pdf

ENDINGS = ("pdf", "md", "json")


def files_of(documents: Iterable[Document], endings: Sequence[str]) -> dict[str, bytes]:
    """Each document in each form, by the name of its file."""
    made: dict[str, Callable[[Document], bytes]] = {
        "pdf": as_pdf,
        "md": lambda d: as_markdown(d).encode(),
        "json": lambda d: as_json(d).encode(),
    }
    return {
        f"{one.name}.{ending}": made[ending](one)
        for one in documents
        for ending in dict.fromkeys(endings)
    }


def write_files(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Write new files, each for its owner alone; none where one of them is there already."""
    check_all_free(folder, files)
    for name, raw in files.items():
        write_new(folder / name, raw)
    return [folder / name for name in files]


def check_all_free(folder: Path, files: Iterable[str]) -> None:
    """MisuseError where one of these is there already, or the folder is not."""
    for name in files:
        check_free(folder / name)

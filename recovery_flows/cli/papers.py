"""Papers that a person hands over with a command: proofs, answers, receipts."""

from __future__ import annotations

from pathlib import Path

from recovery_flows.caller import read_paper


def paper(path: Path | None, what: str = "--proof") -> bytes:
    """The bytes of a proof, none where none is given; MisuseError where it cannot be one."""
    return b"" if path is None else read_paper(path, what)

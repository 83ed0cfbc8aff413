"""Papers that a person hands over with a command: proofs, answers, receipts."""

from __future__ import annotations

from pathlib import Path

from recovery_flows.caller import open_named, size_of

_PROOF_MAX = 20_000_000


def paper(path: Path | None, what: str = "--proof") -> bytes:
    """The bytes of a proof; MisuseError where there is no such file, or too large a one."""
    from recovery_flows.errors import MisuseError

    if path is None:
        return b""
    try:
        with open_named(path) as file:
            if size_of(file) > _PROOF_MAX:
                most = _PROOF_MAX // 1_000_000
                raise MisuseError(f"{what} {path.name} is larger than {most} MB")
            raw = file.read()
    except OSError as error:
        raise MisuseError(f"{what} {path.name} cannot be read: {error.strerror}") from error
    if not raw:
        raise MisuseError(f"{what} {path.name} is empty")
    return raw

"""Papers that a person hands over with a command: proofs, answers, receipts."""

from __future__ import annotations

from pathlib import Path

from recovery_flows.caller import read_named

_PROOF_MAX = 20_000_000


def paper(path: Path | None, what: str = "--proof") -> bytes:
    """The bytes of a proof; MisuseError where there is no such file, or too large a one."""
    from recovery_flows.errors import MisuseError

    if path is None:
        return b""
    try:
        raw = read_named(path, _PROOF_MAX)
    except OSError as error:
        raise MisuseError(f"{what} {path.name} cannot be read: {error.strerror}") from error
    if len(raw) > _PROOF_MAX:
        raise MisuseError(f"{what} {path.name} is larger than {_PROOF_MAX // 1_000_000} MB")
    if not raw:
        raise MisuseError(f"{what} {path.name} is empty")
    return raw

"""A bundle: all documents of a recovery in one zip, with a manifest that anybody can check.

`manifest.json` names each file with its length and SHA-256; `manifest.jws` is the unit's signature
over exactly those bytes (JWS, RFC 7515 and 7797, PS256). Checking takes no database.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import cast

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from models.language.phrase import phrase
from recovery_flows.errors import MisuseError
from recovery_flows.intake.budget import Limits
from recovery_flows.intake.statements import zipped
from recovery_flows.intake.statements.shape import StatementRefusedError
from recovery_flows.partners.rbp1.signing import ALGORITHM, Signer

MANIFEST, SIGNATURE = "manifest.json", "manifest.jws"
FILES_MAX, BYTES_MAX = 100_000, 256_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


def bundle(ref: str, seq: int, digest: str, files: Mapping[str, bytes], signer: Signer) -> bytes:
    """A zip of these files with a signed manifest; only the signature differs between runs."""
    manifest = {
        "recovery": ref,
        "event": seq,
        "event_digest": digest,
        "files": {name: _told(raw) for name, raw in sorted(files.items())},
    }
    told = (json.dumps(manifest, indent=1) + "\n").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in [*sorted(files.items()), (MANIFEST, told),
                          (SIGNATURE, signer.detached(told).encode())]:  # fmt: skip
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), raw, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _told(raw: bytes) -> dict[str, object]:
    return {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}


def differences(raw: bytes, keys: Mapping[str, object] | None) -> list[str]:
    """One sentence for each defect of a bundle; empty where it is intact.

    `keys` is the unit's public JWK set; without it the signature is not looked at. MisuseError for
    what is no bundle at all.
    """
    files, found = _unpacked(raw)
    if MANIFEST not in files:
        raise MisuseError(
            phrase(
                "this is no bundle: there is no {manifest} in it that can be read",
                manifest=MANIFEST,
            )
        )
    told = files.pop(MANIFEST)
    signature = files.pop(SIGNATURE, b"")
    if keys is not None:
        found += _signature_differences(told, signature, keys)
    return [*found, *_file_differences(_listed(told), files)]


def _unpacked(raw: bytes) -> tuple[dict[str, bytes], list[str]]:
    """The files that can be unpacked, and a sentence for each that cannot."""
    files: dict[str, bytes] = {}
    damaged: list[str] = []
    try:
        with zipped.opened(io.BytesIO(raw)) as archive:
            infos = zipped.files_of(archive, len(raw), Limits(), FILES_MAX)
            if len({info.filename for info in infos}) < len(infos):
                raise MisuseError(phrase("this is no bundle: it holds two files of one name"))
            for info in infos:
                try:
                    files[info.filename] = zipped.MemberStream(archive, info).read()
                except StatementRefusedError as error:
                    damaged.append(f"{info.filename}: {error}")
    except StatementRefusedError as error:
        raise MisuseError(phrase("this is no bundle: {error}", error=error)) from error
    return files, damaged


def _listed(told: bytes) -> dict[str, dict[str, object]]:
    try:
        files = json.loads(told)["files"]
        return {str(name): {"bytes": row["bytes"], "sha256": row["sha256"]}
                for name, row in files.items()}  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MisuseError(
            phrase("this is no bundle: {manifest} cannot be read", manifest=MANIFEST)
        ) from error


def _signature_differences(
    told: bytes, signature: bytes, keys: Mapping[str, object]
) -> Iterable[str]:
    if not signature:
        return [f"{SIGNATURE} is missing: nobody has signed the manifest"]
    try:
        public = KeySet.import_key_set(cast("KeySetSerialization", keys))
        jws.deserialize_compact(signature, public, algorithms=[ALGORITHM], payload=told)
    except (JoseError, ValueError, TypeError, KeyError):
        return [f"{SIGNATURE}: the manifest is not signed with the key that was given"]
    return []


def _file_differences(
    listed: Mapping[str, Mapping[str, object]], files: Mapping[str, bytes]
) -> Iterable[str]:
    for name in sorted(listed.keys() - files.keys()):
        yield f"{name} is missing"
    for name in sorted(files.keys() - listed.keys()):
        yield f"{name} is in the bundle and not in its manifest"
    for name in sorted(files.keys() & listed.keys()):
        if _told(files[name]) != listed[name]:
            yield f"{name} was changed: its length or SHA-256 is another"

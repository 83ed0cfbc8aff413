"""Personal data is sealed at rest, and the keys are kept from others."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from models.engine import DatabaseMissingError, open_database
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import KEY_FILE, Vault, VaultError
from models.store.people import secret_fits, secret_hash
from recovery_flows.access.log_in import NobodyActsError, by_secret

NOTE = "an invented remark about an invented person"


def test_names_numbers_and_words_are_nowhere_in_the_files(unit: Any) -> None:
    recovery_id = unit.traced()
    unit.case_officer().note(recovery_id, NOTE)
    unit.database.dispose()
    raw = b"".join(path.read_bytes() for path in unit.folder.glob("*") if path.is_file())
    raw += unit.database.heads.path.read_bytes()
    assert b"R-2026-0001" in raw
    reports = unit.reports(1)
    secrets = [NOTE, "synthetic-token", *(ref.number for ref in unit.accounts)]
    secrets += [text for r in reports for text in (r.victim_name, r.victim_contact)]
    secrets += [r.payee_account.holder for r in reports]
    assert len(secrets) == len(set(secrets))
    assert [text for text in secrets if text.encode() in raw] == []


def test_a_key_that_others_can_read_is_refused(unit: Any) -> None:
    key = unit.folder / "keys" / KEY_FILE
    url = f"sqlite:///{unit.path}"
    open_database(url, key.parent).dispose()
    key.chmod(0o644)
    with pytest.raises(VaultError, match="readable by others"):
        open_database(url, key.parent)
    key.unlink()
    with pytest.raises(VaultError, match="is missing"):
        open_database(url, key.parent)


def test_a_key_is_made_once_and_only_for_its_owner(unit: Any) -> None:
    folder = unit.folder / "more keys"
    Vault.create(folder)
    text = (folder / KEY_FILE).read_bytes()
    Vault.create(folder)
    assert (folder / KEY_FILE).read_bytes() == text
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


NAME = SealedPlace("party", "party-1", "name_sealed")


def test_another_key_opens_nothing(unit: Any) -> None:
    other = Vault.create(unit.folder / "other keys")
    sealed = unit.database.vault.seal("an invented name", NAME)
    assert unit.database.vault.open(sealed, NAME) == "an invented name"
    with pytest.raises(VaultError, match="does not open with this key"):
        other.open(sealed, NAME)
    with pytest.raises(VaultError):
        unit.database.vault.open(sealed[:-8] + "AAAAAAA=", NAME)
    assert other.keyed_id("acct", "b", "1") != unit.database.vault.keyed_id("acct", "b", "1")


@pytest.mark.parametrize("field", ["table", "row", "column"])
def test_a_sealed_value_opens_in_its_own_place_only(unit: Any, field: str) -> None:
    vault, elsewhere = unit.database.vault, NAME._replace(**{field: "another"})
    sealed, raw = vault.seal("an invented name", NAME), vault.seal_bytes(b"a letter", NAME)
    with pytest.raises(VaultError, match="does not open with this key here"):
        vault.open(sealed, elsewhere)
    with pytest.raises(VaultError, match="does not open with this key here"):
        vault.open_bytes(raw, elsewhere)


def test_what_an_earlier_version_sealed_without_a_place_is_read(unit: Any) -> None:
    vault = unit.database.vault
    nonce = b"twelve bytes"
    old = nonce + vault._seal.encrypt(nonce, b"an invented name", None)
    assert vault.open(base64.b64encode(old).decode(), NAME) == "an invented name"
    assert vault.open_bytes(old, NAME) == b"an invented name"


def test_a_database_that_is_not_there_is_not_made(unit: Any) -> None:
    with pytest.raises(DatabaseMissingError, match="run `recovery init`"):
        open_database(f"sqlite:///{unit.folder / 'none.sqlite3'}", unit.folder / "keys")
    assert not (unit.folder / "none.sqlite3").exists()


def test_a_secret_fits_only_itself() -> None:
    stored = secret_hash("synthetic secret")
    assert secret_fits("synthetic secret", stored)
    assert not secret_fits("synthetic secret ", stored)
    assert not secret_fits("", "")


def test_a_secret_that_was_kept_before_hashes_named_their_rounds_still_fits() -> None:
    raw = hashlib.pbkdf2_hmac("sha256", b"synthetic secret", b"salt", 200_000)
    stored = f"{b'salt'.hex()}:{raw.hex()}"
    assert secret_fits("synthetic secret", stored)
    assert not secret_fits("another secret", stored)


@pytest.mark.parametrize(
    "kept",
    ["", ":", "::", "no hash", "zz:00", "1000:zz:00", "0:00:00", "-1:00:00", "x:00:00", "1:00:ä",
     "99999999999999999999:00:00", "1000:1000:00:00"],
)  # fmt: skip
def test_no_secret_fits_what_is_kept_where_it_is_none_of_ours(kept: str) -> None:
    assert not secret_fits("synthetic secret", kept)
    assert not secret_fits("", kept)


def test_a_secret_whose_bytes_are_no_text_fits_only_itself() -> None:
    """What a terminal in another encoding hands over."""
    typed = b"gr\xfcn".decode("utf-8", "surrogateescape")
    assert not secret_fits(typed, secret_hash("synthetic secret"))
    assert secret_fits(typed, secret_hash(typed))


@pytest.mark.parametrize("handle", ["\udcff", "li\0", "", "{}"])
def test_a_handle_that_is_no_text_is_nobodys(unit: Any, handle: str) -> None:
    with pytest.raises(NobodyActsError, match="there is no officer"):
        by_secret(unit.database, handle, "synthetic secret")

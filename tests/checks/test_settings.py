"""Settings: documented one by one, layered, and refused in one sentence without their value."""

import ast
import os
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from config import document
from config.settings import Settings, SettingsError, load_settings

CANARY = "canary-7c1f"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own and nothing else of ours in the environment."""
    for name in list(os.environ):
        if name.startswith(("RECOVERY_", "PREFECT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RECOVERY_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def fields(model: type[BaseModel], path: str = "") -> list[tuple[str, str | None]]:
    """Every field with its text, groups included."""
    found: list[tuple[str, str | None]] = []
    told = document.texts(model)
    for name, field in model.model_fields.items():
        found.append((f"{path}{name}", told.get(name)))
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += fields(field.annotation, f"{path}{name}.")
    return found


def test_every_setting_has_a_text_that_ends_in_a_full_stop() -> None:
    without = [name for name, text in fields(Settings) if not (text or "").endswith(".")]
    assert without == []


def test_every_setting_is_read_somewhere_outside_the_settings_themselves() -> None:
    """A setting that nothing reads would lie to whoever sets it."""
    root = Path(document.__file__).parents[1]
    files = [p for room in ("recovery_flows", "tui", "models") for p in (root / room).rglob("*.py")]
    read = {
        node.attr
        for file in [*files, root / "config" / "settings.py"]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    leaves = {name.rpartition(".")[2]: name for name, _ in fields(Settings)}
    assert sorted(name for leaf, name in leaves.items() if leaf not in read) == []
    assert "refresh_milliseconds" in leaves


def test_the_page_of_settings_is_up_to_date() -> None:
    assert document.TARGET.read_text(encoding="utf-8") == document.render()


def test_the_data_folder_alone_finds_everything(folder: Path) -> None:
    settings = load_settings()
    assert settings.data_dir == folder
    assert settings.key_dir == folder.parent / "data-keys"
    assert settings.database_url.get_secret_value() == f"sqlite:///{folder}/recovery.sqlite3"
    assert settings.prefect_home == folder / "prefect"
    assert settings.prefect.api_url is None
    assert settings.engine.idle_poll_milliseconds == 100


def test_without_any_setting_the_data_folder_is_in_the_xdg_data_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RECOVERY_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert load_settings().data_dir == tmp_path / "recovery-flows"


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "recovery.toml").write_text("[engine]\nchunk_size = 7\nlease_seconds = 8\n")
    monkeypatch.setenv("RECOVERY_ENGINE__LEASE_SECONDS", "9")
    engine = load_settings().engine
    assert (engine.chunk_size, engine.lease_seconds, engine.sweep_seconds) == (7, 9, 5)


def test_an_option_wins_over_everything_and_its_own_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "recovery.toml").write_text("[screen]\nunit_name = 'Unit 7 (synthetic)'\n")
    settings = load_settings(data_dir=tmp_path)
    assert settings.data_dir == tmp_path
    assert settings.screen.unit_name == "Unit 7 (synthetic)"


def test_a_named_file_is_read_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[engine]\nchunk_size = 11\n")
    monkeypatch.setenv("RECOVERY_CONFIG_FILE", str(other))
    assert load_settings().engine.chunk_size == 11


def test_prefects_own_variables_count_but_its_key_goes_to_its_own_server_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "https://prefect.example/api")
    monkeypatch.setenv("PREFECT_API_KEY", CANARY)
    ours = load_settings().prefect
    assert ours.api_url == "https://prefect.example/api"
    assert ours.api_key is not None
    monkeypatch.setenv("RECOVERY_PREFECT__API_URL", "https://elsewhere.example/api")
    assert load_settings().prefect.api_key is None


BAD_VARIABLES = [
    ("RECOVERY_ENGINE__CHUNK_SIZE", "many", "engine.chunk_size"),
    ("RECOVERY_ENGINE__CHUNK_SIZE", "5000", "engine.chunk_size"),
    ("RECOVERY_ENGINE__CHUNKS", "5", "engine.chunks"),
    ("RECOVERY_ENGINE", "{", "engine"),
    ("RECOVERY_DATABSE_URL", CANARY, "RECOVERY_DATABSE_URL"),
    ("RECOVERY_DATABASE_URL", f"mysql://u:{CANARY}@h/d", "database_url"),
    ("RECOVERY_PREFECT__API_URL", f"https://u:{CANARY}@h/api", "prefect.api_url"),
    ("PREFECT_API_URL", CANARY, "prefect.api_url"),
    ("RECOVERY_SECURITY__OFFICER", CANARY * 10, "security.officer"),
]


@pytest.mark.parametrize(("variable", "value", "named"), BAD_VARIABLES)
def test_a_bad_variable_is_one_sentence_that_names_it_and_not_its_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, named: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    sentence = str(caught.value)
    assert named in sentence
    assert variable in sentence
    assert CANARY not in sentence
    assert "\n" not in sentence
    assert caught.value.__cause__ is None
    assert caught.value.exit_code == 2


BAD_FILES = [
    ("[engine]\nchunk_size = 'many'\n", "engine.chunk_size"),
    ("[engine]\nchunks = 1\n", "engine.chunks"),
    ("[motor]\nx = 1\n", "motor"),
    ("[engine\n", "line 1"),
    ("engine = 3\n", "engine"),
    (f"[security]\nsecret = ['{CANARY}']\n", "security.secret"),
]


@pytest.mark.parametrize(("text", "named"), BAD_FILES)
def test_a_bad_file_is_one_sentence_that_names_the_file_and_the_key(
    folder: Path, text: str, named: str
) -> None:
    (folder / "recovery.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    sentence = str(caught.value)
    assert named in sentence
    assert str(folder / "recovery.toml") in sentence
    assert CANARY not in sentence
    assert "\n" not in sentence


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "recovery.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings()


def test_a_named_file_that_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOVERY_CONFIG_FILE", str(tmp_path / "none.toml"))
    with pytest.raises(SettingsError, match="RECOVERY_CONFIG_FILE names"):
        load_settings()


def test_keys_inside_the_data_folder_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOVERY_KEY_DIR", str(folder / "keys"))
    with pytest.raises(SettingsError, match="key_dir must lie outside data_dir"):
        load_settings()


def test_a_secret_is_not_in_the_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_SECURITY__SECRET", CANARY)
    monkeypatch.setenv("RECOVERY_DATABASE_URL", f"postgresql+psycopg://u:{CANARY}@h/d")
    settings = load_settings()
    assert CANARY not in f"{settings!r} {settings} {settings.model_dump()} "
    assert settings.security.secret is not None
    assert settings.security.secret.get_secret_value() == CANARY


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("postgresql+psycopg://unit:secret@db/cases", "postgresql+psycopg://unit@db/cases"),
        ("postgresql://unit:se/cret@db:5432/cases", "postgresql://unit@db:5432/cases"),
        ("postgresql://unit:se#cret@db/cases", "postgresql://unit@db/cases"),
        ("postgresql://unit:se?cret@db/cases", "postgresql://unit@db/cases"),
        ("postgresql://unit:se[cret@db/cases", "postgresql://unit@db/cases"),
        ("postgresql://unit@home:secret@db/cases", "postgresql://unit@home@db/cases"),
        ("postgresql://unit@db/cases?password=secret", "postgresql://unit@db/cases"),
        ("postgresql:///cases?host=/run/a@b", "postgresql:///cases"),
        ("sqlite:////srv/a#b/cases.db", "/srv/a#b/cases.db"),
    ],
)
def test_where_the_database_is_is_told_without_what_opens_it(address: str, place: str) -> None:
    assert Settings(database_url=SecretStr(address)).database_place == place

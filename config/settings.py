"""Every setting: the environment over `recovery.toml` over the defaults in this class."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings.exceptions import SettingsError as UnreadableVariableError

from config.complaint import SettingsError, complain, complain_of_variable
from config.groups import (
    EngineSettings,
    IntakeSettings,
    LetterSettings,
    PartnerSettings,
    PrefectSettings,
    ScreenSettings,
    SecuritySettings,
    WebSettings,
)

PREFIX = "RECOVERY_"
FILE_VARIABLE = "RECOVERY_CONFIG_FILE"
FILE_NAME = "recovery.toml"
_PREFECT_VARIABLES = {
    "PREFECT_API_URL": "api_url",
    "PREFECT_API_KEY": "api_key",
    "PREFECT_API_AUTH_STRING": "auth",
}
_WITH_SECRET = re.compile(r"([^:/]*)(?::[^@]*)?@")
_DATABASES = ("sqlite:///", "postgresql+psycopg://", "postgresql://")


def default_data_dir() -> Path:
    """`recovery-flows` in the data home of the XDG base directory specification."""
    home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(home).expanduser() / "recovery-flows"


def _keys_beside(data: dict[str, Any]) -> Path:
    folder: Path = data["data_dir"]
    return folder.with_name(f"{folder.name}-keys")


def _database_within(data: dict[str, Any]) -> SecretStr:
    return SecretStr(f"sqlite:///{data['data_dir'] / 'recovery.sqlite3'}")


class Settings(BaseSettings):
    """All settings of one installation; `load_settings` makes it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(default_factory=default_data_dir)
    """The data folder; by default `recovery-flows` in the XDG data home. `recovery.toml` is looked
    for here."""

    key_dir: Path = Field(default_factory=_keys_beside)
    """Folder of the keys, outside the data folder; by default beside it, with `-keys` after its
    name."""

    database_url: SecretStr = Field(default_factory=_database_within)
    """The case database: `sqlite:///` with a file, or `postgresql+psycopg://`; by default the file
    `recovery.sqlite3` in the data folder."""

    service_socket: Path | None = None
    """Socket of the unit's service: where `recovery serve` listens, and where the commands of
    officers with system users of their own go. Officers set it in the environment."""

    prefect: PrefectSettings = PrefectSettings()
    """Where flows are scheduled and shown."""

    engine: EngineSettings = EngineSettings()
    """How the engine looks for work."""

    partners: PartnerSettings = PartnerSettings()
    """How banks and other partners are called."""

    security: SecuritySettings = SecuritySettings()
    """Who acts."""

    intake: IntakeSettings = IntakeSettings()
    """What one file may cost."""

    letters: LetterSettings = LetterSettings()
    """What letters to partners without an interface say of the unit."""

    screen: ScreenSettings = ScreenSettings()
    """What the screen looks like."""

    web: WebSettings = WebSettings()
    """The screens in a browser, by `recovery web`."""

    @property
    def database_place(self) -> str:
        """Where the case database is, with nothing that opens it: a file, or an address."""
        scheme, _, rest = self.database_url.get_secret_value().partition("://")
        if scheme == "sqlite":
            return rest[1:].partition("?")[0]
        # As SQLAlchemy reads it: a password may hold anything but an "@", also "/", "#" and "?".
        found = _WITH_SECRET.match(rest)
        known, rest = (f"{found[1]}@", rest[found.end() :]) if found else ("", rest)
        return f"{scheme}://{known}{rest.partition('?')[0].rpartition('@')[2]}"

    @property
    def prefect_home(self) -> Path:
        """Folder of Prefect's own files, absolute."""
        return self.data_dir / self.prefect.home.expanduser()

    @field_validator("data_dir", "key_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100 (also folds `..`)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(_DATABASES):
            raise ValueError(f"a database address begins with {' or '.join(_DATABASES)}")
        return url

    @model_validator(mode="after")
    def _keys_outside_data(self) -> Self:
        if self.key_dir.is_relative_to(self.data_dir):
            raise ValueError("key_dir must lie outside data_dir: a copy of the data has no keys")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (its name is pydantic's)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then our variables, then Prefect's, then the file (earlier wins)."""
        given = init_settings()
        file = InitSettingsSource(settings_cls, read_file(config_file(given.get("data_dir"))))
        return init_settings, env_settings, _prefect_source(settings_cls), file


def _prefect_source(settings_cls: type[BaseSettings]) -> PydanticBaseSettingsSource:
    """Prefect's own three variables; not when ours name a server, which must not get that key."""
    found: dict[str, Any] = {}
    ours = {f"{PREFIX}PREFECT", f"{PREFIX}PREFECT__API_URL"}
    if os.environ.get("PREFECT_API_URL") and ours.isdisjoint(os.environ):
        for variable, field in _PREFECT_VARIABLES.items():
            if os.environ.get(variable):
                found[field] = os.environ[variable]
    return InitSettingsSource(settings_cls, {"prefect": found} if found else {})


def config_file(data_dir: Path | None = None) -> Path:
    """Where the settings file is looked for; `data_dir` wins over `RECOVERY_DATA_DIR`."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named).expanduser()
    return Path(data_dir or os.environ.get("RECOVERY_DATA_DIR") or default_data_dir()) / FILE_NAME


def read_file(file: Path) -> dict[str, Any]:
    """What the settings file says; nothing if there is none. SettingsError if it cannot be read."""
    try:
        return tomllib.loads(file.expanduser().read_text(encoding="utf-8"))
    except FileNotFoundError:
        if os.environ.get(FILE_VARIABLE):
            raise SettingsError(f"{FILE_VARIABLE} names {file}, which does not exist") from None
        return {}
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not a text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}") from None


def load_settings(data_dir: Path | None = None) -> Settings:
    """The settings of this installation; `data_dir` (a command-line option) wins over all sources.

    SettingsError is one sentence that names the setting and where it came from, never its value.
    """
    complain_of_variable(Settings, PREFIX, spared=FILE_VARIABLE)
    try:
        return Settings() if data_dir is None else Settings(data_dir=data_dir)
    except (ValidationError, UnreadableVariableError) as error:
        raise complain(error, PREFIX, config_file(data_dir), read_file) from None

"""The groups of settings; the text under a field is its entry in docs/settings.md."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from models.language.catalogue import Language

_QUIET_HOURS = r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$"


class Group(BaseModel):
    """What every group of settings has in common: strict about names, unchanging, silent."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an address begins with http:// or https:// and names a host")
    if parts.username or parts.password:
        raise ValueError("an address holds no name and password: use prefect.auth")
    return text.rstrip("/")


class PrefectSettings(Group):
    """Where flows are scheduled and shown."""

    api_url: Annotated[str, AfterValidator(_address)] | None = None
    """Address of a Prefect API to use, such as `https://prefect.example/api`. Without one the
    engine runs a server of its own on loopback. `PREFECT_API_URL` counts too, together with
    `PREFECT_API_KEY` and `PREFECT_API_AUTH_STRING`."""

    api_key: SecretStr | None = None
    """Key for a Prefect API that asks for one."""

    auth: SecretStr | None = None
    """`name:password` that the Prefect API asks for. A server of our own asks for it too, and for
    a random one of each start where none is given."""

    ui: bool = False
    """Whether a server of our own shows Prefect's pages to a browser on this machine; they ask for
    `prefect.auth`."""

    home: Path = Path("prefect")
    """Folder of Prefect's own files; a relative path is taken from the data folder."""

    database_url: SecretStr | None = None
    """Database of a Prefect server of our own (`postgresql+asyncpg://...`); without one it is an
    SQLite file in `prefect.home`."""

    start_timeout_seconds: int = Field(default=90, ge=1, le=600)
    """How long a server of our own may take to answer. The first start makes its database."""

    def asks_nobody(self) -> bool:
        """Whether flows run against a named API to which no credential is shown."""
        return self.api_url is not None and self.auth is None and self.api_key is None


class EngineSettings(Group):
    """How the engine looks for work."""

    idle_poll_milliseconds: int = Field(default=100, ge=10, le=10_000)
    """How often an idle engine looks whether the case database has changed."""

    sweep_seconds: int = Field(default=5, ge=1, le=3600)
    """How often the engine looks for work that has become due by the passing of time."""

    chunk_size: int = Field(default=500, ge=1, le=2000)
    """How many due rows one task takes."""

    lease_seconds: int = Field(default=120, ge=5, le=3600)
    """How long work stays claimed by a worker that no longer shows signs of life."""

    stall_seconds: int = Field(default=60, ge=2, le=3600)
    """How long a sweep may wait for Prefect while none of its work runs; then the header says so,
    and its flows are begun anew."""


class PartnerSettings(Group):
    """How banks and other partners are called."""

    timeout_seconds: int = Field(default=10, ge=1, le=300)
    """How long one call to a partner may take before its outcome counts as unknown."""

    connections: int = Field(default=10, ge=1, le=10)
    """Connections to one partner at a time; more than 10 on one client make it slower."""

    poll_seconds: int = Field(default=30, ge=1, le=86_400)
    """How often a partner is asked what has changed."""


class SecuritySettings(Group):
    """Who acts."""

    officer: str = Field(default="", max_length=40)
    """Handle of the acting officer; without one it is the officer who is bound to the
    operating-system user."""

    secret: SecretStr | None = None
    """The officer's secret, where the officer is bound to a secret. Better set in the environment
    than in a file."""


class IntakeSettings(Group):
    """What one file that is taken in may cost; one that costs more is refused with a sentence."""

    seconds_max: int = Field(default=600, ge=1, le=86_400)
    """How long a file may take to be read once."""

    file_megabytes_max: int = Field(default=900, ge=1, le=900)
    """How large a file may be as it comes; larger ones fit into no column of the case database."""

    unpacked_megabytes_max: int = Field(default=2_000, ge=1, le=100_000)
    """How much may be read of a file, or of all files in a zip."""

    whole_megabytes_max: int = Field(default=64, ge=1, le=2_000)
    """How large a file may be in a format that is read as a whole: JSON, OFX, MT940. Reading takes
    some ten times as much memory."""

    depth_max: int = Field(default=64, ge=8, le=200)
    """How deeply the parts of a file may be nested."""


class LetterSettings(Group):
    """What letters to partners without an interface say of the unit."""

    address: str = Field(default="", max_length=300)
    """The unit's address under its name, `screen.unit_name`; a semicolon begins a new line."""

    answer_to: str = Field(default="", max_length=300)
    """Where banks send their answers: desk, address, fax or e-mail; a semicolon begins a new line.
    Without it and without the name no letter is printed."""


class ScreenSettings(Group):
    """What the screen looks like."""

    unit_name: str = Field(default="", max_length=80)
    """Name of the unit, shown in the title line and at the head of letters."""

    theme: str = Field(default="recovery", max_length=40)
    """Name of the colour theme at the start, such as `recovery-light`; `:` lists them. Where there
    is none of that name the screen says so and starts with the default."""

    language: Language = Language.ENGLISH
    """Language of the screens at the start, `en` or `zh`, for whoever has not chosen one by `K`.
    What is recorded, commands and files stay English."""

    refresh_milliseconds: int = Field(default=200, ge=50, le=60_000)
    """How often the screen looks whether somebody else has changed the case database."""

    view: str = Field(default="", max_length=80)
    """Name of the saved view through which the queue is shown at the start; empty: as each officer
    left it. Views stand in `views.toml` in the data folder."""

    hold_back_seconds: int = Field(default=10, ge=0, le=600)
    """How long the screen holds back an approval, a notice that is made public, a merge and a no
    that takes a stop back at its bank, so that `u` undoes it; 0: not at all. An emergency stop is
    never held back."""

    lock_minutes: int = Field(default=15, ge=0, le=1440)
    """After how many minutes without a key the screen is blanked, until the officer's secret is
    typed; whoever acts by the system's log-in alone presses Enter. 0: never."""

    bell: bool = True
    """Whether the terminal's bell rings when a deadline of one's own, or of nobody, comes to end
    within the hour. The notice is kept either way (`9`)."""

    quiet_hours: str = Field(default="", pattern=_QUIET_HOURS)
    """Hours of the unit's day without that bell and its notice on the screen, such as
    `22:00-06:30`; empty: none. They may go over midnight."""

    keys: dict[str, str] = Field(default_factory=dict)
    """Other keys for actions, by their names, such as `next_step = "N"`. Where two actions would
    have one key, the screen says so at the start and takes none of these."""

    stalled_hours: int = Field(default=24, ge=1, le=8760)
    """After how many hours of case time a recovery stands in red on which a person's step is open
    and nothing was done. It is marked in its place in the queue and counted, and no filter hides
    it, until something is done."""

    unowned_minutes: int = Field(default=60, ge=0, le=10_080)
    """After how many minutes of case time a report that nobody has accepted stands in red; 0: at
    once."""


class WebSettings(Group):
    """The screens in a browser, by `recovery web`."""

    host: str = Field(default="127.0.0.1", min_length=1, max_length=253)
    """Where `recovery web` listens. Any address but one of loopback takes `web.tls_cert` and
    `web.tls_key`, or `web.behind_proxy`."""

    port: int = Field(default=8765, ge=0, le=65_535)
    """The port; 0 takes one that is free."""

    address: Annotated[str, AfterValidator(_address)] | None = None
    """Address under which browsers reach it where that is another one than host and port say, such
    as `https://recovery.example`. No other name is answered."""

    tls_cert: Path | None = None
    """Certificate in PEM, with those that vouch for it."""

    tls_key: Path | None = None
    """The certificate's key in PEM."""

    behind_proxy: bool = False
    """Whether a proxy that speaks TLS stands before it; then `web.address` begins with `https://`,
    and where a try came from is the last name in `X-Forwarded-For`."""

    token: SecretStr | None = None
    """What the address that is opened first must carry; without one it is random at each start,
    and `recovery web` prints it."""

    os_user: str = Field(default="", max_length=64)
    """The system user who runs `recovery web` where that is not the service's own: only they log
    others in. Better another one, who can read no key. Set where `recovery serve` runs."""

    second_factor: bool = True
    """Whether everybody needs a second factor in a browser; who has none sets one first."""

    idle_minutes: int = Field(default=30, ge=1, le=1440)
    """After how many minutes without a key or a click a session ends."""

    session_hours: int = Field(default=12, ge=1, le=168)
    """After how many hours a session ends in any case."""

    sessions_max: int = Field(default=32, ge=1, le=200)
    """How many sessions may be open at a time."""

    sessions_of_officer_max: int = Field(default=3, ge=1, le=50)
    """How many of them may be one officer's."""

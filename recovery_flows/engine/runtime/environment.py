"""Prefect's settings, as environment variables; they count only if set before `import prefect`.

Every `PREFECT_` variable of the user is dropped first: another Prefect set-up on the same machine
(its server, its home, its database) never reaches ours, nor ours its.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_PRIVATE = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
}
_CLIENT = {
    # The ephemeral mode loses records under load; without an address a flow must fail instead.
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    # The clients are opened before anything is asked, and stay open where nobody answers.
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    # A client that was connected once waits for its server, twice as long each time: the engine
    # itself says after some seconds that it is away, and brings it back.
    "PREFECT_CLIENT_MAX_RETRIES": "2",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_TASKS_RUNNER_THREAD_POOL_MAX_WORKERS": "4",
}
_SERVER = {
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    # Nothing here is scheduled, paused, handed to a worker, or limited by Prefect.
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_CLEANUP_RECONCILER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_ENABLED": "false",
    # A recorder that writes few large batches keeps SQLite free for the API.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    # Run history is made to be deleted: 14 days.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "1209600",
}


class EnvironmentTooLateError(RuntimeError):
    """Prefect was imported before its settings were put in place, so they would not count."""


def without_prefect(environment: Mapping[str, str]) -> dict[str, str]:
    """A copy of `environment` in which nothing of another Prefect set-up is left."""
    return {name: value for name, value in environment.items() if not name.startswith("PREFECT_")}


def client_settings(home: Path, api_url: str, auth: str = "", api_key: str = "") -> dict[str, str]:
    """The variables a process needs that runs flows against `api_url`, with its home in `home`."""
    settings = _PRIVATE | _CLIENT | {"PREFECT_HOME": str(home), "PREFECT_API_URL": api_url}
    if auth:
        settings["PREFECT_API_AUTH_STRING"] = auth
    if api_key:
        settings["PREFECT_API_KEY"] = api_key
    return settings


def server_settings(
    home: Path, port: int, auth: str, database_url: str = "", *, pages: bool = False
) -> dict[str, str]:
    """The variables of a server of our own on loopback `port`, its database in `home`.

    Whoever comes shows `auth`. `database_url` names another database (PostgreSQL, asyncpg) for
    more than one machine. With `pages` Prefect's own pages are shown to a browser.
    """
    own = f"http://127.0.0.1:{port}"
    settings = (
        _PRIVATE
        | _SERVER
        | {
            "PREFECT_HOME": str(home),
            "PREFECT_SERVER_API_AUTH_STRING": auth,
            "PREFECT_SERVER_UI_ENABLED": str(pages).lower(),
            # Only those pages show the feed of events; runs and their states are kept without it.
            "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": str(pages).lower(),
            # The port is also an option of the command; the page in the browser reads it from here.
            "PREFECT_SERVER_UI_API_URL": f"{own}/api",
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": own,
        }
    )
    if database_url:
        settings["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database_url
    return settings


def prepare_environment(home: Path, api_url: str, auth: str = "", api_key: str = "") -> None:
    """Put Prefect's settings into this process; EnvironmentTooLateError after `import prefect`.

    A second call with the same arguments changes nothing and is allowed at any time.
    """
    wanted = without_prefect(os.environ) | client_settings(home, api_url, auth, api_key)
    if dict(os.environ) == wanted:
        return
    if "prefect" in sys.modules:
        raise EnvironmentTooLateError("prefect was imported before prepare_environment was called")
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    os.environ.update(wanted)

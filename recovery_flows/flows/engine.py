"""The engine: sweeps when something is due or the database changes; says when it cannot."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from config.groups import PrefectSettings
from config.settings import Settings
from models.queries.changes import ChangeWatch
from models.store.clock import beat
from models.store.unit import unit_of_work
from recovery_flows.flows import context
from recovery_flows.flows.context import Engine
from recovery_flows.flows.environment import prepare_environment
from recovery_flows.flows.golden_hour import GoldenHourLane
from recovery_flows.flows.server import PrefectServer, ServerStartError

_BEAT_SECONDS = 5.0
Sweep = Callable[[Engine], Awaitable[int]]


class PrefectLink:
    """The Prefect API that flows run against: one that was named, or a server child of our own."""

    def __init__(self, home: Path, settings: PrefectSettings) -> None:
        self._home, self._settings = home, settings
        self._server: PrefectServer | None = None
        self.url = ""

    @classmethod
    def of(cls, settings: Settings) -> PrefectLink:
        """The link that an installation's settings ask for."""
        return cls(settings.prefect_home, settings.prefect)

    def start(self) -> str:
        """Bring the API up and point this process at it, before Prefect is imported."""
        settings = self._settings
        auth, key = _open(settings.auth), _open(settings.api_key)
        if settings.api_url:
            self.url = settings.api_url
        else:
            self._server = PrefectServer(auth, _open(settings.database_url))
            self.url = self._server.start(self._home, settings.start_timeout_seconds)
        prepare_environment(self._home, self.url, auth, key)
        return self.url

    def is_up(self) -> bool:
        """Whether the API answers; a named one is taken at its word until a flow fails."""
        return self._server is None or self._server.alive()

    def bring_back(self) -> bool:
        """Start our own server again after it died; True when it answers at the same address."""
        if self._server is None:
            return False
        try:
            return self._start_again(self._server) == self.url
        except ServerStartError:
            return False

    def _start_again(self, server: PrefectServer) -> str:
        return server.start(self._home, self._settings.start_timeout_seconds)

    def stop(self) -> None:
        """Stop the server if it is ours."""
        if self._server is not None:
            self._server.stop()


def _open(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


async def guarded_sweep(engine: Engine, link: PrefectLink, say: Callable[[str], None]) -> int:
    """One sweep; when Prefect is away it says so, brings it back, and sweeps again."""
    import httpx
    from prefect.exceptions import PrefectHTTPStatusError

    from recovery_flows.flows.sweep import sweep

    while True:
        try:
            return await sweep(engine)
        except (httpx.TransportError, PrefectHTTPStatusError, RuntimeError) as error:
            if not _is_about_prefect(error) and link.is_up():
                raise
        sign_of_life(engine, "waiting", "Prefect's server is away: waiting for it")
        say("Prefect's server is away; nothing is lost, the engine waits and brings it back")
        while not await asyncio.to_thread(link.bring_back):
            sign_of_life(engine, "waiting", "Prefect's server is away: it is started again")
        say("Prefect's server is back; the engine goes on")


def _is_about_prefect(error: BaseException) -> bool:
    """A failure to reach the API, not one of ours: partners' failures never get this far."""
    import httpx

    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, httpx.TransportError):
            return True
        chain = chain.__cause__ or chain.__context__
    return "Failed to reach API" in str(error)


def sign_of_life(engine: Engine, state: str, message: str = "") -> None:
    """Write the engine's beat, so that screens know whether it works."""
    with unit_of_work(engine.database) as unit:
        beat(unit, "engine", os.getpid(), state, message, engine.wall())


@contextmanager
def at_work(engine: Engine) -> Iterator[None]:
    """Flows of this process use this engine's hands while the block runs."""
    context.use(engine)
    try:
        yield
    finally:
        context.use(None)


async def run_forever(
    engine: Engine,
    link: PrefectLink,
    say: Callable[[str], None],
    *,
    idle_seconds: float,
    sweep_seconds: float,
    once: bool = False,
) -> None:
    """Sweep at once, then whenever somebody else commits, and at least every `sweep_seconds`."""
    lane = GoldenHourLane(engine, lambda error: _is_about_prefect(error) or not link.is_up())
    beside = asyncio.create_task(lane.run())
    watch = ChangeWatch(engine.database)
    loop = asyncio.get_running_loop()
    swept_at = beat_at = -math.inf
    try:
        while True:
            if watch.changed() or loop.time() - swept_at >= sweep_seconds:
                # Its own commits wake it once more, for a look that finds nothing: so no commit
                # of others that falls into the end of a sweep is slept over.
                lane.sweep_is_busy = True
                done = await guarded_sweep(engine, link, say)
                lane.sweep_is_busy = False
                swept_at = loop.time()
                if done:
                    say(f"{done} done")
            if loop.time() - beat_at >= _BEAT_SECONDS:
                sign_of_life(engine, "idle")
                beat_at = loop.time()
            if beside.done():
                beside.result()
            if once:
                return
            await asyncio.sleep(idle_seconds)
    finally:
        beside.cancel()
        watch.close()
        sign_of_life(engine, "stopped")
        await engine.close()

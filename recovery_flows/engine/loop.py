"""The engine: sweeps when something is due or the database changes; says when it cannot."""

from __future__ import annotations

import asyncio
import math
import os
import platform
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from pydantic import SecretStr

from config.groups import PrefectSettings
from config.settings import Settings
from models.engine import StoreBusyError
from models.queries.installation.changes import ChangeWatch
from models.store.clock import beat
from models.store.unit import unit_of_work
from recovery_flows.collecting import collect_seldom
from recovery_flows.engine import context
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import PrefectAwayError, sentence
from recovery_flows.engine.priority_lane import PriorityLane
from recovery_flows.engine.runtime.environment import prepare_environment
from recovery_flows.engine.runtime.kept_clients import kept_clients
from recovery_flows.engine.runtime.server import PrefectServer, ServerStartError
from recovery_flows.engine.watchdog import watched

_BEAT_SECONDS = 5.0
_ASK_SECONDS = 2
_LONGEST_PAUSE_SECONDS = 60.0
_HAND_IN_SECONDS = 5.0
_NAME = f"engine {platform.node()}"[:40]
"""Each machine's engine has a sign of life of its own."""


class PrefectLink:
    """The Prefect API that flows run against: one that was named, or a server child of our own."""

    def __init__(self, home: Path, settings: PrefectSettings) -> None:
        self._home, self._settings = home, settings
        self._server: PrefectServer | None = None
        self.url = settings.api_url or ""
        if not self.url:
            auth, database_url = _open(settings.auth), _open(settings.database_url)
            self._server = PrefectServer(auth, database_url, pages=settings.ui)

    @classmethod
    def of(cls, settings: Settings) -> PrefectLink:
        """The link that an installation's settings ask for."""
        return cls(settings.prefect_home, settings.prefect)

    def begin(self) -> None:
        """Launch our own server, which takes seconds to come up; `start` waits for it."""
        if self._server is not None:
            self._server.begin(self._home)

    def start(self) -> str:
        """Bring the API up and point this process at it, before Prefect is imported."""
        settings = self._settings
        auth, key = _open(settings.auth), _open(settings.api_key)
        if self._server is not None:
            self.url = self._server.start(self._home, settings.start_timeout_seconds)
            auth = self._server.credential
        prepare_environment(self._home, self.url, auth, key)
        return self.url

    def is_up(self) -> bool:
        """Whether the API answers now: our own server's, or the one that was named."""
        return self._server.alive() if self._server is not None else _answers(self.url)

    def bring_back(self) -> bool:
        """Start our own server again after it died; True when it answers at the same address.

        A named one is its owner's: it is only asked whether it is back.
        """
        if self._server is None:
            return _answers(self.url)
        try:
            return self._start_again(self._server) == self.url
        except ServerStartError:
            return False

    def _start_again(self, server: PrefectServer) -> str:
        return server.start(self._home, self._settings.start_timeout_seconds)

    def stop(self) -> None:
        """Stop the server if it is ours, after this process has told it what it had to tell."""
        if self._server is not None:
            _hand_in_events()
            self._server.stop()


def _hand_in_events() -> None:
    """Let Prefect's own thread send its events while the server still answers.

    It would complain of the closed address on the user's screen. Prefect is not imported for it.
    """
    worker = sys.modules.get("prefect.events.worker")
    if worker is None:
        return
    # From a thread of its own: within a running loop it would only promise to wait.
    waiting = threading.Thread(
        target=worker.EventsWorker.drain_all, kwargs={"timeout": _HAND_IN_SECONDS}
    )
    waiting.start()
    waiting.join()


def _answers(url: str) -> bool:
    """Whether anything speaks HTTP there; an answer that asks who we are is one."""
    import httpx

    try:
        httpx.get(f"{url}/health", timeout=_ASK_SECONDS)
    except httpx.TransportError:
        return False
    return True


def _open(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


async def guarded_sweep(engine: Engine, link: PrefectLink, say: Callable[[str], None]) -> int:
    """One sweep; when Prefect is away it says so, brings it back, and sweeps again.

    Raises PrefectAwayError where Prefect answers and runs no flow, StalledError where it lets them
    wait, WorkFailedError.
    """
    from recovery_flows.engine.sweep import sweep

    while True:
        beating = asyncio.create_task(_beat_while_working(engine))
        try:
            return await watched(engine.at_hand, sweep(engine), engine.pace.stall_seconds)
        except PrefectAwayError:
            if await asyncio.to_thread(link.is_up):
                raise
        finally:
            beating.cancel()
        await _beat(engine, "waiting", "Prefect's server is away: waiting for it")
        say("Prefect's server is away; nothing is lost, the engine waits and brings it back")
        while not await asyncio.to_thread(link.bring_back):
            await _beat(engine, "waiting", "Prefect's server is away: it is started again")
            await asyncio.sleep(_ASK_SECONDS)
        say("Prefect's server is back; the engine goes on")


def sign_of_life(engine: Engine, state: str, message: str = "") -> None:
    """Write the engine's beat, so that screens know whether it works; a busy store has none.

    Where it cannot be written, as on a full disk, that is said, and the engine goes on.
    """
    try:
        with suppress(StoreBusyError), unit_of_work(engine.database) as unit:
            beat(unit, _NAME, os.getpid(), state, message, engine.wall_now())
    except Exception as error:  # noqa: BLE001 - it tells of failures, and must not be one more
        engine.report(f"the sign of life cannot be written: {sentence(error)}")


async def _beat(engine: Engine, state: str, message: str = "") -> None:
    await asyncio.to_thread(sign_of_life, engine, state, message)


@asynccontextmanager
async def at_work(engine: Engine) -> AsyncIterator[None]:
    """Flows of this process use this engine's hands, and share Prefect's clients."""
    context.use(engine)
    try:
        async with kept_clients():
            collect_seldom()
            yield
    finally:
        context.use(None)


async def _beat_while_working(engine: Engine) -> None:
    """Signs of life of a sweep that takes long, so that no screen takes it for dead."""
    while True:
        await asyncio.sleep(_BEAT_SECONDS)
        await _beat(engine, "working")


async def run_forever(
    engine: Engine,
    link: PrefectLink,
    say: Callable[[str], None],
    *,
    idle_seconds: float,
    sweep_seconds: float,
    once: bool = False,
) -> None:
    """Sweep at once, then whenever somebody else commits, and at least every `sweep_seconds`.

    A sweep that fails is tried again after a growing pause, which the beat tells of; the engine
    ends when it is told to. With `once` a failure is raised.
    """
    say = say if once else _as_far_as_it_goes(say)
    engine.report = say
    lane = asyncio.create_task(PriorityLane(engine).run())
    rhythm = _Rhythm(engine, link, say, sweep_seconds)
    try:
        while True:
            try:
                await rhythm.step()
            except Exception as error:
                if once:
                    raise
                await rhythm.pause(error)
            if once:
                return
            await asyncio.sleep(idle_seconds)
    finally:
        lane.cancel()
        rhythm.close()
        sign_of_life(engine, "stopped")
        await engine.close()


def _as_far_as_it_goes(say: Callable[[str], None]) -> Callable[[str], None]:
    """The same, and nothing where nobody reads it any more: a closed pipe, a log on a full disk."""

    def told(sentence: str) -> None:
        with suppress(OSError, ValueError):
            say(sentence)

    return told


class _Rhythm:
    """When to sweep and when to give a sign of life; how long to pause after a failure."""

    def __init__(
        self, engine: Engine, link: PrefectLink, say: Callable[[str], None], sweep_seconds: float
    ) -> None:
        self._engine, self._link, self._say = engine, link, say
        self._sweep_seconds = sweep_seconds
        self._watch = ChangeWatch(engine.database)
        self._now = asyncio.get_running_loop().time
        self._swept_at = self._beat_at = self._not_before = -math.inf
        self._failures = 0
        self._trouble = ""
        self._has_looked_back = False

    async def step(self) -> None:
        """Sweep if it is time to, give a sign of life if it is time to."""
        if self._now() >= self._not_before and self._is_due():
            await self._look_back()
            # Its own commits wake it once more, for a look that finds nothing: so no commit of
            # others that falls into the end of a sweep is slept over.
            done = await guarded_sweep(self._engine, self._link, self._say)
            self._swept_at, self._failures, self._trouble = self._now(), 0, ""
            if done:
                self._say(f"{done} done")
        if self._now() - self._beat_at >= _BEAT_SECONDS:
            self._beat_at = self._now()
            await _beat(self._engine, "failing" if self._trouble else "idle", self._trouble)

    async def _look_back(self) -> None:
        """Once: what a version before this one may have left in force."""
        from recovery_flows.engine.joined_traces import trace_anew

        if not self._has_looked_back:
            await asyncio.to_thread(trace_anew, self._engine)
            self._has_looked_back = True

    def _is_due(self) -> bool:
        changed = self._watch.changed()
        return changed or bool(self._trouble) or self._now() - self._swept_at >= self._sweep_seconds

    async def pause(self, error: Exception) -> None:
        """Say what failed, and leave it for a while: longer each time it fails again."""
        self._failures += 1
        seconds = min(2.0 ** min(self._failures - 1, 10), _LONGEST_PAUSE_SECONDS)
        self._not_before = self._now() + seconds
        self._trouble = f"{sentence(error)}; tried again in {seconds:.0f} s"
        self._say(self._trouble)
        self._beat_at = self._now()
        await _beat(self._engine, "failing", self._trouble)

    def close(self) -> None:
        """Stop watching the database."""
        self._watch.close()

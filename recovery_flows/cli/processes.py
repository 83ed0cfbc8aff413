"""Commands that stay: the engine, the sandbox banks, the terminal, the demo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from recovery_flows.caller import name_officer
from recovery_flows.cli.output import say
from recovery_flows.cli.table import tell

_FAULTS = "By a file of faults, or by a seed: FILE, seed:N or seed:N:PERCENT (of all calls)."


def attach(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(engine)
    app.command(epilog=_faults_epilog())(sandbox)
    app.command()(tui)
    app.command()(demo)


def engine(
    *,
    once: Annotated[bool, typer.Option("--once", help="Sweep once and end.")] = False,
) -> None:
    """Run the engine. It starts a Prefect server unless one is named."""
    import asyncio
    import signal
    from contextlib import suppress

    from recovery_flows.cli.composition import open_installation
    from recovery_flows.cli.running import is_termination, report_unless_ended
    from recovery_flows.cli.sending import hands as hands_of
    from recovery_flows.clock import wall_clock
    from recovery_flows.engine.clocks import check_clock
    from recovery_flows.engine.loop import PrefectLink, at_work, run_forever

    installation = open_installation()
    settings = installation.settings
    check_clock(installation.database, wall_clock())
    link = PrefectLink.of(settings)
    link.begin()  # beside what is imported meanwhile
    hands = hands_of(installation, "engine")
    say(f"Prefect API at {link.start()}")
    if settings.prefect.asks_nobody():
        say("that API is used without a credential: whoever reaches it can stop the flows")

    async def work() -> None:
        async with at_work(hands):
            await run_forever(
                hands,
                link,
                say,
                idle_seconds=settings.engine.idle_poll_milliseconds / 1000,
                sweep_seconds=settings.engine.sweep_seconds,
                once=once,
            )

    async def until_it_is_ended() -> None:
        # Inside a flow Prefect takes this signal for itself, and may lose it: the loop hears it.
        working, loop = asyncio.create_task(work()), asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, working.cancel)
        loop.set_exception_handler(report_unless_ended)
        await working

    try:
        with suppress(asyncio.CancelledError):
            asyncio.run(until_it_is_ended())
    except BaseException as error:
        if not is_termination(error):
            raise
    finally:
        link.stop()


def sandbox(
    *,
    folder: Annotated[Path | None, typer.Option("--dir", help="Folder of the sandbox.")] = None,
    faults: Annotated[str, typer.Option(metavar="FILE|seed:N[:PERCENT]", help=_FAULTS)] = "",
    new: Annotated[
        bool, typer.Option("--new", help="Make banks and reports for a unit without partners.")
    ] = False,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Serve sandbox banks on loopback. Their money is synthetic."""
    from recovery_flows.cli.composition import open_installation
    from recovery_flows.cli.sandbox_new import how_to_register, make_sandbox
    from recovery_flows.cli.sandbox_process import BOOK, READY, case_clock, choose_faults
    from recovery_flows.errors import MisuseError
    from recovery_flows.sandbox.server import serve

    installation = open_installation(folder)
    if new:
        make_sandbox(installation)
    book = installation.data_dir / BOOK
    if not book.exists():
        raise MisuseError(
            f"{installation.data_dir} holds no sandbox: `recovery sandbox --new` makes one for "
            "this unit, `recovery demo` a unit with its banks"
        )
    say(f"faults: {choose_faults(installation.data_dir, faults)}")
    serve(
        book,
        case_clock(installation.whole),
        installation.data_dir / READY,
        parent_alive=sys.stdin.fileno() if with_parent else None,
        keys=installation.signer.public_jwks(),
        listening=(lambda: tell(how_to_register(installation))) if new else None,
    )


def _faults_epilog() -> str:
    """Every kind of fault with what it does, for `recovery sandbox --help`."""
    from recovery_flows.sandbox.faults.catalogue import KINDS

    return "\n\n".join(f"{kind}: {told.does}." for kind, told in KINDS.items())


def tui(
    *,
    acting_as: Annotated[
        str, typer.Option("--as", help="Handle of the officer who acts.", callback=name_officer)
    ] = "",
    case: Annotated[
        str, typer.Option("--recovery", "--case", metavar="REF", help="Open this recovery.")
    ] = "",
    view: Annotated[
        str, typer.Option("--view", metavar="NAME", help="The queue through a saved view.")
    ] = "",
    screen: Annotated[
        str, typer.Option("--screen", help="now, approvals, summary, deadlines, audit and others.")
    ] = "",
    plain: Annotated[
        bool, typer.Option("--plain", help="Print that screen, one fact a line; open nothing.")
    ] = False,
) -> None:
    """Open the terminal: what needs you now, and its deadline."""
    from recovery_flows.cli.composition import open_installation
    from recovery_flows.cli.demo.show import open_terminal, screen_text
    from recovery_flows.cli.table import tell
    from recovery_flows.errors import MisuseError

    if plain:
        tell(screen_text(open_installation(), acting_as, case, screen or "now", view))
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise MisuseError(
            "the screens need a terminal, and standard input or output is none; --plain prints "
            "what they show"
        )
    raise typer.Exit(open_terminal(open_installation(), acting_as, case, screen, view=view))


def demo(
    *,
    folder: Annotated[Path | None, typer.Option("--dir", help="The demo's own folder.")] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder with AMLSim's nodes and transactions.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N reports of --data.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start anew.")] = False,
    no_tui: Annotated[bool, typer.Option("--no-tui", help="Print the story as text.")] = False,
    driver: Annotated[bool, typer.Option("--driver", hidden=True)] = False,
    pace: Annotated[float, typer.Option(help="Seconds to rest after each jump in time.")] = 0.0,
) -> None:
    """Play the main job on sandbox banks, in minutes, offline."""
    from recovery_flows.cli.demo import play, show
    from recovery_flows.cli.demo.folder import default_folder, open_folder

    where = (folder or default_folder()).absolute()
    if driver or no_tui or not (sys.stdin.isatty() and sys.stdout.isatty()):
        play.play(open_folder(where, data, limit, fresh=fresh), pace_seconds=pace)
        return
    open_folder(where, data, limit, fresh=fresh).database.dispose()
    raise typer.Exit(show.show_demo(where, pace or 0.4))

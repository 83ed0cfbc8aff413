"""Makes docs/img from the terminal: `python docs/make_pictures.py DEMO_FOLDER [REF] [SCREEN…]`.

Each picture is the program's own drawing of a real screen. A demo that still runs shows the most
(`recovery demo --no-tui --pace 5 --dir DEMO_FOLDER` in another window); nothing is written to it.
"""

from __future__ import annotations

import asyncio
import re
import sys
from html import unescape
from io import BytesIO
from pathlib import Path

import cairosvg
from PIL import Image
from textual.widgets import TextArea

from models.entities.recovery import RecoveryState
from recovery_flows.cases.views.queue import QueueQuery, whole_queue
from recovery_flows.cases.views.request_board import request_board
from recovery_flows.cli.case.channels import border_channels, state_groups
from recovery_flows.cli.composition import Installation, open_installation
from recovery_flows.cli.demo.folder import HOME, OFFICER, SUPERVISOR, read_plan
from recovery_flows.cli.options import find
from recovery_flows.clock import wall_clock
from recovery_flows.reports.unattended import DEFAULT_PATIENCE
from tui.app import RecoveryApp
from tui.screen_queries import Source
from tui.screens.report import ReportScreen

PASTE = """victim: Synthetic Person
phone: +999 000 110 007
from account: 9999000000001111 (sandbox-west)
to account: 9999000000002222 (sandbox-east)
payee: Synthetic Mule
amount: CNY 48,200.00
time: 2026-03-04 22:40
report: SYN-77
"""
TARGET = Path(__file__).parent / "img"
SCREENS = ("now", "recovery", "approvals", "summary", "trace", "partners", "deadlines", "report",
           "restitution", "requests", "request")  # fmt: skip
OF_OFFICER = ("report", "requests", "request")
SIZES = ((80, 24), (120, 40))
SCALE = 1.2
COLOURS = 96
_SETTLE_SECONDS = 8.0
_RUN = re.compile(r'x="(?P<x>[\d.]+)"(?P<y> y="[\d.]+") textLength="(?P<length>[\d.]+)"'
                  r'(?P<rest>[^>]*)>(?P<text>[^<]*)<')  # fmt: skip


def fullest_recovery(installation: Installation) -> str:
    """The one with the most victims, open ones first."""
    with installation.database.reading() as session:
        look = QueueQuery(with_closed=True)
        lines = list(whole_queue(session, wall_clock(), DEFAULT_PATIENCE, look))
    return max(lines, key=lambda x: (x.state is RecoveryState.OPEN, x.victims)).recovery_id


def terminal(installation: Installation, screen: str, recovery_id: str) -> RecoveryApp:
    """The terminal as `recovery tui` opens it in a demo folder."""
    world, groups = read_plan(installation.data_dir).world, state_groups()
    app = RecoveryApp(
        Source(
            installation.database,
            installation.laws,
            channels=border_channels(groups),
            groups=groups,
        ),
        installation.officer(OFFICER if screen in OF_OFFICER else SUPERVISOR),
        officers=installation.identities(),
        unit_name=installation.settings.screen.unit_name or "recovery",
        time_zone=installation.laws[HOME].time_zone,
        story=lambda: f"demo world: {world}",
        start_screen=screen,
        recovery_id=recovery_id,
    )
    if screen == "request":
        app.recovery_id, app.request_id = newest_version(installation)
    return app


def newest_version(installation: Installation) -> tuple[str, str]:
    """Recovery and id of the request abroad that has gone through the most versions."""
    with installation.database.reading() as session:
        lines = request_board(session, wall_clock(), QueueQuery(with_closed=True), 200).lines
    best = max((line for line in lines if line.recovery_id), key=lambda line: line.version)
    return best.recovery_id, best.line_id


async def drawn(app: RecoveryApp, size: tuple[int, int]) -> str:
    """One screen at one size as SVG text; the screen Report with a paste in it."""
    async with app.run_test(size=size) as pilot:
        if isinstance(app.screen, ReportScreen):
            app.screen.query_one("#pasted", TextArea).text = PASTE
        await pilot.pause(_SETTLE_SECONDS)  # the readers are threads: they answer meanwhile
        return app.export_screenshot(simplify=True)


def in_cells(run: re.Match[str]) -> str:
    """A run of text with a place for each character: fonts differ in how wide a cell is."""
    length = len(unescape(run["text"])) or 1
    x, cell = float(run["x"]), float(run["length"]) / length
    places = " ".join(f"{x + i * cell:.1f}" for i in range(length))
    return f'x="{places}"{run["y"]}{run["rest"]}>{run["text"]}<'


def write_png(drawing: str, path: Path) -> None:
    """The drawing as a picture of few colours, which keeps it small."""
    drawing = _RUN.sub(in_cells, drawing.replace("Fira Code", "DejaVu Sans Mono"))
    png = cairosvg.svg2png(drawing.encode(), scale=SCALE)
    Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def main() -> None:
    """All screens at all sizes."""
    TARGET.mkdir(exist_ok=True)
    folder, *more = sys.argv[1:]
    screens = [word for word in more if word in SCREENS]
    ref = [word for word in more if word not in SCREENS]
    installation = open_installation(Path(folder).absolute())
    recovery_id = find(installation, ref[0]) if ref else fullest_recovery(installation)
    for screen in screens or SCREENS:
        for size in SIZES:
            path = TARGET / f"{screen}-{size[0]}x{size[1]}.png"
            app = terminal(installation, screen, recovery_id)
            write_png(asyncio.run(drawn(app, size)), path)
            sys.stdout.write(f"{path.name}  {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()

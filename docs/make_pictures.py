"""Makes docs/img from the terminal: `make_pictures.py DEMO_FOLDER [REF] [SCREEN…] [zh]`.

Each picture is the program's own drawing of a real screen. A demo that still runs shows the most
(`recovery demo --no-tui --pace 5 --dir DEMO_FOLDER` in another window); nothing is written to it.
With `zh` the queue and a recovery are drawn in Chinese, with the font of the documents.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import cairosvg
from PIL import Image
from rich.cells import cell_len
from textual.widgets import TextArea

from models.entities.recovery import RecoveryState
from models.language.catalogue import Language
from models.language.phrase import phrase
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
           "restitution", "requests", "request", "audit")  # fmt: skip
IN_CHINESE = ("now", "recovery")
FONTS = Path(__file__).parents[1] / "recovery_flows" / "correspondence" / "returns" / "fonts"
OF_OFFICER = ("report", "requests", "request")
SIZES = ((80, 24), (120, 40))
SCALE = 1.2
COLOURS = 96
_SETTLE_SECONDS = 8.0
_CHINESE = ' style="font-family: Noto Sans SC"'
RUN = re.compile(r'class="(?P<kind>[^"]+)" x="(?P<x>[\d.]+)"(?P<y> y="[\d.]+") '
                  r'textLength="(?P<length>[\d.]+)"(?P<rest>[^>]*)>(?P<text>[^<]*)<')  # fmt: skip


def fullest_recovery(installation: Installation) -> str:
    """The one with the most victims, open ones first."""
    with installation.database.reading() as session:
        look = QueueQuery(with_closed=True)
        lines = list(whole_queue(session, wall_clock(), DEFAULT_PATIENCE, look))
    return max(lines, key=lambda x: (x.state is RecoveryState.OPEN, x.victims)).recovery_id


def terminal(
    installation: Installation, screen: str, recovery_id: str, language: Language
) -> RecoveryApp:
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
        story=lambda: phrase("demo world: {world}", world=world),
        start_screen=screen,
        recovery_id=recovery_id,
        language=language,
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
    """A run of text with a place for each character: fonts differ in how wide a cell is.

    Characters of two cells are in a font of their own.
    """
    text, x = unescape(run["text"]), float(run["x"])
    cell = float(run["length"]) / (len(text) or 1)
    placed = [(letter, x + cell_len(text[:n]) * cell) for n, letter in enumerate(text)]
    narrow = [one for one in placed if cell_len(one[0]) < 2]
    wide = [one for one in placed if cell_len(one[0]) == 2]
    shown = _text(run, narrow, "")
    return f"{shown}/text><text {_text(run, wide, _CHINESE)}" if wide else shown


def _text(run: re.Match[str], placed: list[tuple[str, float]], style: str) -> str:
    places = " ".join(f"{place:.1f}" for _, place in placed)
    letters = escape("".join(letter for letter, _ in placed))
    return f'class="{run["kind"]}"{style} x="{places}"{run["y"]}{run["rest"]}>{letters}<'


def write_png(drawing: str, path: Path) -> None:
    """The drawing as a picture of few colours, which keeps it small."""
    drawing = RUN.sub(in_cells, drawing.replace("Fira Code", "DejaVu Sans Mono"))
    png = cairosvg.svg2png(drawing.encode(), scale=SCALE)
    Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def find_fonts() -> None:
    """Let the drawing find the font that the documents bring, beside those of the system."""
    with NamedTemporaryFile("w", suffix=".conf", delete=False) as made:
        made.write(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
            f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{FONTS}</dir>'
            "</fontconfig>"
        )
    os.environ["FONTCONFIG_FILE"] = made.name


def main() -> None:
    """All screens at all sizes."""
    TARGET.mkdir(exist_ok=True)
    folder, *more = sys.argv[1:]
    screens = [word for word in more if word in SCREENS]
    ref = [word for word in more if word not in (*SCREENS, "zh")]
    if "zh" in more:
        find_fonts()
    installation = open_installation(Path(folder).absolute())
    recovery_id = find(installation, ref[0]) if ref else fullest_recovery(installation)
    wanted = [
        (screen, size, Language.ENGLISH, TARGET / f"{screen}-{size[0]}x{size[1]}.png")
        for screen in screens or SCREENS
        for size in SIZES
    ]
    if "zh" in more:
        wanted = [
            (screen, SIZES[-1], Language.CHINESE, TARGET / f"{screen}-zh.png")
            for screen in screens or IN_CHINESE
        ]
    for screen, size, language, path in wanted:
        app = terminal(installation, screen, recovery_id, language)
        write_png(asyncio.run(drawn(app, size)), path)
        sys.stdout.write(f"{path.name}  {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()

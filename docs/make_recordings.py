"""Records the terminal: `python docs/make_recordings.py FOLDER` of a demo, `… --demo SECONDS`.

With FOLDER the golden hour key by key, as `docs/img/golden-hour.gif`, each frame with the key that
led to it; the report is entered there, so make the folder for it. With `--demo` what `recovery
demo` shows from its first second, as `docs/recordings/first-minutes.cast.gz` (asciicast v2:
`zcat FILE | asciinema play -`). The first needs the packages that `make_pictures.py` needs.
"""

from __future__ import annotations

import asyncio
import codecs
import fcntl
import gzip
import json
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
COLUMNS, LINES = 100, 30
KEYS = ("ctrl+s", "y", "o", "enter", "3", "a", "y")
"""After the paste: the stop leaves; the supervisor takes over, looks, confirms."""
_STRIP, _FRAME_MS, _LAST_MS = 34, 2200, 5000


def golden_hour(folder: Path) -> None:
    """From the call of a victim to the second person's yes, one frame a key."""
    frames = asyncio.run(_frames(folder.absolute()))
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype("DejaVuSansMono.ttf", 18)
    pictures = []
    for number, (key, png) in enumerate(frames):
        shown = Image.open(BytesIO(png)).convert("RGB")
        whole = Image.new("RGB", (shown.width, shown.height + _STRIP), "#101820")
        whole.paste(shown, (0, 0))
        told = f"{number} of {len(frames) - 1}: {key}" if key else "a victim is on the telephone"
        ImageDraw.Draw(whole).text((18, shown.height + 6), told, font=font, fill="#ffb454")
        pictures.append(whole.quantize(64))
    times = [_FRAME_MS] * (len(pictures) - 1) + [_LAST_MS]
    path = HERE / "img" / "golden-hour.gif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=times, loop=0)
    sys.stdout.write(f"{path.name}  {len(frames) - 1} keys  {path.stat().st_size // 1000} kB\n")


async def _frames(folder: Path) -> list[tuple[str, bytes]]:
    import cairosvg
    from make_pictures import PASTE, RUN, find_fonts, in_cells, terminal
    from textual import events

    from models.language.catalogue import Language
    from models.queries.installation.clock import case_now
    from recovery_flows.cli.composition import open_installation
    from recovery_flows.cli.demo.folder import OFFICER
    from recovery_flows.clock import wall_clock

    find_fonts()
    installation = open_installation(folder)
    app = terminal(installation, "now", "", Language.ENGLISH)
    app.officer = installation.officer(OFFICER)
    found: list[tuple[str, bytes]] = []
    async with app.run_test(size=(COLUMNS, LINES)) as pilot:

        async def shoot(key: str) -> None:
            await pilot.pause(3.0)
            drawing = app.export_screenshot(simplify=True)
            drawing = RUN.sub(in_cells, drawing.replace("Fira Code", "DejaVu Sans Mono"))
            found.append((key, cairosvg.svg2png(drawing.encode(), scale=0.9)))

        await shoot("")
        await pilot.press("i")
        await shoot("i")
        with installation.database.reading() as session:
            paid = case_now(session, wall_clock()) - timedelta(minutes=40)
        told = f"{paid.astimezone(ZoneInfo(app.time_zone)):%Y-%m-%d %H:%M}"
        app.post_message(events.Paste(PASTE.replace("2026-03-04 22:40", told)))
        await shoot("the paste")
        for key in sys.argv[2:] or KEYS:
            await pilot.press(key)
            await shoot(key)
    return found


def first_minutes(seconds: float) -> None:
    """What `recovery demo` writes to a terminal in its first seconds."""
    program = str(Path(sys.executable).with_name("recovery"))
    folder = tempfile.mkdtemp(prefix="recovery-demo-")
    process, file = pty.fork()
    if not process:
        os.environ["TERM"], os.environ["COLORTERM"] = "xterm-256color", "truecolor"
        os.execv(program, [program, "demo", "--dir", folder])  # noqa: S606 - our own program
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    path = HERE / "recordings" / "first-minutes.cast.gz"
    path.parent.mkdir(exist_ok=True)
    begun = time.monotonic()
    head = {"version": 2, "width": COLUMNS, "height": LINES, "title": "recovery demo"}
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write(json.dumps(head) + "\n")
        reading = codecs.getincrementaldecoder("utf-8")("replace")
        while (at := time.monotonic() - begun) < seconds:
            if select.select([file], [], [], 0.2)[0]:
                text = reading.decode(os.read(file, 1 << 16))
                out.write(json.dumps([round(at, 2), "o", text]) + "\n")
    os.kill(process, signal.SIGTERM)
    os.waitpid(process, 0)
    sys.stdout.write(f"{path.name}  {seconds:.0f} s  {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    if sys.argv[1] == "--demo":
        first_minutes(float(sys.argv[2]))
    else:
        golden_hour(Path(sys.argv[1]))

"""A real browser without a window, driven by its own protocol over a WebSocket."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.patience import PATIENCE_SECONDS

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-port=0", "--hide-scrollbars",
    "--window-size=1000,640",
)  # fmt: skip
_KEYS = {"Enter": ("\r", 13), "ArrowDown": ("", 40), "ArrowUp": ("", 38), "Escape": ("", 27)}

_PLACE_OF = """(text) => {
    const plain = (row) => row.innerText.replaceAll('\\u00a0', ' ');
    const rows = [...document.querySelectorAll('.xterm-rows > div')];
    const row = rows.find((one) => plain(one).includes(text));
    const screen = document.querySelector('.xterm-screen').getBoundingClientRect();
    const columns = Math.max(...rows.map((one) => plain(one).length));
    const box = row.getBoundingClientRect();
    const middle = plain(row).indexOf(text) + text.length / 2;
    return [screen.left + middle * screen.width / columns, box.top + box.height / 2];
}"""
_PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true,
                                               cancelable: true});
    document.querySelector('.xterm-helper-textarea').dispatchEvent(event);
}"""


def chromium() -> str | None:
    """Where the browser is."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class Tab:
    """One tab of the browser."""

    def __init__(self, line: ClientConnection) -> None:
        self._line, self._numbers = line, itertools.count(1)
        self.send("Page.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._line.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._line.recv(PATIENCE_SECONDS))
            if said.get("method") == "Page.javascriptDialogOpening":
                self._line.send(
                    json.dumps({"id": 0, "method": "Page.handleJavaScriptDialog",
                                "params": {"accept": True}})
                )  # fmt: skip
            if said.get("id") == number:
                assert "error" not in said, said
                return dict(said["result"])

    def js(self, code: str) -> Any:
        """The value of an expression in the page."""
        found = self.send(
            "Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True
        )
        return found["result"].get("value")

    def open(self, address: str) -> None:
        self.send("Page.navigate", url=address)
        self.until(lambda: self.js("document.readyState") == "complete")

    def until(self, there: Callable[[], Any], what: str = "") -> None:
        """Wait until something is so."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not there():
            assert time.monotonic() < end, f"it did not come: {what}\n{self.text()}"
            time.sleep(0.05)

    def text(self) -> str:
        """What the page or its terminal shows; blanks as they are typed."""
        code = "(document.querySelector('.xterm-rows') || document.body).innerText"
        return str(self.js(code) or "").replace("\u00a0", " ")

    def shows(self, *words: str) -> str:
        """Wait until the page shows all of this; what it shows."""
        self.until(lambda: all(word in self.text() for word in words), " ".join(words))
        return self.text()

    def press(self, key: str) -> None:
        """Press a key by its name, or a letter."""
        text, code = _KEYS.get(key, (key, ord(key[0].upper())))
        about = {"key": key, "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
        more = {"text": text} if text else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", **about, **more)
        self.send("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text: str) -> None:
        self.send("Input.insertText", text=text)

    def click(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def place_of(self, text: str) -> tuple[float, float]:
        """The middle of a text in the terminal, in pixels."""
        x, y = self.js(f"({_PLACE_OF})({json.dumps(text)})")
        return x, y

    def paste(self, text: str) -> None:
        """What the browser does with a paste: an event on the element that has the cursor."""
        self.js(f"({_PASTE})({json.dumps(text)})")

    def fill(self, name: str, text: str) -> None:
        self.js(f"document.getElementById({json.dumps(name)}).focus()")
        self.js(f"document.getElementById({json.dumps(name)}).value = ''")
        self.type(text)

    def picture(self, path: Path) -> None:
        path.write_bytes(
            base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])
        )


class Browser:
    """A browser with a profile of its own."""

    def __init__(self, port: int) -> None:
        self._at = f"http://127.0.0.1:{port}"

    @contextmanager
    def tab(self) -> Iterator[Tab]:
        made = httpx.put(f"{self._at}/json/new?about:blank", timeout=PATIENCE_SECONDS).json()
        with connect(made["webSocketDebuggerUrl"], max_size=None) as line:
            yield Tab(line)
        httpx.get(f"{self._at}/json/close/{made['id']}", timeout=PATIENCE_SECONDS)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser that ends with the block."""
    program = chromium()
    assert program is not None
    with (
        tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile,
        subprocess.Popen(
            [program, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process,
    ):  # fmt: skip
        port, end = Path(profile) / "DevToolsActivePort", time.monotonic() + PATIENCE_SECONDS
        while not (port.exists() and port.read_text().count("\n")):
            assert time.monotonic() < end, "the browser did not come"
            time.sleep(0.05)
        try:
            yield Browser(int(port.read_text().splitlines()[0]))
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)

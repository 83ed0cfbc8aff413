// One terminal over one WebSocket. Messages to the server: "i" and what was typed, "r" and
// "columns,rows". From the server: bytes of the terminal. It ends, and the page goes to the log-in.
import { Terminal } from "./xterm.mjs";
import { FitAddon } from "./addon-fit.mjs";

const PIECE = 16384;
const WHY = { 4000: "left", 4001: "idle", 4002: "time", 4003: "stopped", 4409: "elsewhere" };
const told = document.getElementById("told");
const terminal = new Terminal({
  cursorBlink: false,
  scrollback: 0,
  fontFamily: '"DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace',
  fontSize: 14,
  theme: { background: "#10141a" },
});
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(document.getElementById("screen"));
fit.fit();

const scheme = location.protocol === "https:" ? "wss:" : "ws:";
const size = () => `${terminal.cols},${terminal.rows}`;
const line = new WebSocket(`${scheme}//${location.host}/terminal/line?size=${size()}`);
line.binaryType = "arraybuffer";

let isOpen = false;
const say = (text) => { if (line.readyState === WebSocket.OPEN) line.send(text); };
const type = (text) => {
  // Never between the two halves of one character.
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + PIECE, text.length);
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1;
    say("i" + text.slice(at, end));
    at = end;
  }
};

terminal.onData(type);
terminal.onBinary(type);
terminal.onResize(() => say("r" + size()));
// Written to the clipboard, never read from it.
terminal.parser.registerOscHandler(52, (data) => {
  const text = data.slice(data.indexOf(";") + 1);
  if (text === "?" || !navigator.clipboard) return true;
  try {
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    navigator.clipboard.writeText(new TextDecoder().decode(bytes)).catch(() => {});
  } catch { /* not base64 */ }
  return true;
});
terminal.attachCustomKeyEventHandler((event) => {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.altKey && key === "v") return false; // paste
  // To load the page again would end the session: these keys go to the terminal.
  if (key === "f5" || (event.ctrlKey && key === "r")) event.preventDefault();
  return true;
});

line.onopen = () => { isOpen = true; say("r" + size()); terminal.focus(); };
line.onmessage = (event) => terminal.write(new Uint8Array(event.data));
line.onclose = (event) => {
  isOpen = false;
  location.replace(`/?ended=${WHY[event.code] || "lost"}`);
};
window.addEventListener("resize", () => fit.fit());
document.fonts?.ready.then(() => fit.fit());
window.addEventListener("beforeunload", (event) => { if (isOpen) event.preventDefault(); });
document.querySelector("header form").addEventListener("submit", () => { isOpen = false; });
window.addEventListener("offline", () => { told.textContent = document.body.dataset.offline; });
window.addEventListener("online", () => { told.textContent = ""; });

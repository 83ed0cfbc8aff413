"""A unit at work, with engine, Prefect server and sandbox banks as processes of their own.

It listens on loopback and nowhere else, and while it waits for one bank the others get their stops.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.many_banks import ManyBanks, many_banks
from bench.report_to_hold import measure_beside, order_stop, running_engine, until_at_bank
from recovery_flows.engine.runtime import server_child
from tests.engine.test_demo_command import descendants
from tests.patience import PATIENCE_SECONDS

BANKS, VICTIMS = 3, 20
# However slow this machine is, the engine waits for Prefect, and for the bank that hangs.
PATIENT = {
    "RECOVERY_PREFECT__START_TIMEOUT_SECONDS": str(PATIENCE_SECONDS),
    "RECOVERY_PARTNERS__TIMEOUT_SECONDS": "300",
}
LISTENS, UNCONNECTED = "0A", "07"
STATES = {"tcp": LISTENS, "tcp6": LISTENS, "udp": UNCONNECTED, "udp6": UNCONNECTED}


class Listener(NamedTuple):
    """Where a process takes in what anybody sends."""

    pid: int
    protocol: str
    address: IPv4Address | IPv6Address
    port: int


def inodes(pid: int) -> dict[str, int]:
    """The sockets of a process, by their inode."""
    found = {}
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            found[target[8:-1]] = pid
    return found


def decoded(text: str) -> tuple[IPv4Address | IPv6Address, int]:
    """An address as the kernel writes it: words of four bytes, each in the machine's own order."""
    words, port = text.split(":")
    raw = b"".join(
        int(words[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(words), 8)
    )
    return ip_address(raw), int(port, 16)


def listeners(pids: set[int]) -> list[Listener]:
    """Every socket of these processes that waits for whoever comes."""
    owners = {inode: pid for pid in pids for inode in inodes(pid)}
    found = []
    for protocol, state in STATES.items():
        table = Path(f"/proc/net/{protocol}")
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            columns = line.split()
            if columns[3] == state and columns[9] in owners:
                found.append(Listener(owners[columns[9]], protocol, *decoded(columns[1])))
    return found


class AtWork(NamedTuple):
    """A unit that has just placed a stop at a bank, and its processes."""

    at: ManyBanks
    processes: set[int]


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtWork]:
    if not Path("/proc/net/tcp").exists():
        pytest.skip("NOT SHOWN: the kernel has no /proc; look with the system's own tool")
    before = descendants(os.getpid())
    folder = tmp_path_factory.mktemp("listening")
    with many_banks(folder, BANKS, VICTIMS) as at, running_engine(at, **PATIENT):
        until_at_bank(at, order_stop(at, 0))
        yield AtWork(at, descendants(os.getpid()) - before)


def test_the_kernels_list_tells_a_socket_that_is_open_to_all() -> None:
    if not Path("/proc/net/tcp").exists():
        pytest.skip("NOT SHOWN: the kernel has no /proc")
    with socket.socket() as open_to_all:
        open_to_all.bind(("0.0.0.0", 0))  # noqa: S104 - what must be seen
        open_to_all.listen()
        port = open_to_all.getsockname()[1]
        mine = [one for one in listeners({os.getpid()}) if one.port == port]
    assert [(str(one.address), one.protocol) for one in mine] == [("0.0.0.0", "tcp")]  # noqa: S104


@pytest.mark.engine
def test_a_running_unit_listens_on_loopback_only(unit: AtWork) -> None:
    found = listeners(unit.processes)
    assert [one for one in found if not one.address.is_loopback] == []
    commands = {one.pid: server_child.command_line(one.pid) for one in found}
    servers = [one for one in found if "prefect" in commands[one.pid]]
    assert len(servers) == 1, commands
    # The banks are one process with a port for each; engine and supervisor listen nowhere.
    assert len(found) == 1 + BANKS, [*found, commands]
    assert len(set(commands)) == 2


@pytest.mark.engine
def test_stops_reach_other_banks_while_one_bank_keeps_the_engine_waiting(unit: AtWork) -> None:
    # It stops with an assertion if the other bank had answered before a stop was held.
    numbers = iter(range(BANKS, VICTIMS))
    held = measure_beside(unit.at, numbers, rounds=1, reports=2, hangs_seconds=PATIENCE_SECONDS)
    assert len(held) == 2

"""`python -m bench.search_rules [--minutes 10] [--rules fifo libr]`: new dice against the rules.

Each rule's kernel and plain text are asked about random small cases, with fresh seeds, until its
time is over, in seconds of CPU. A case that they answer differently is printed as small as it gets,
and the exit code is 1. Such a case becomes one of `tests/rules/worlds.py`, so that every later run
asks it. What was asked adds up in search_rules.json until the rules or the kernel change.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from models.facts import LineKind
from recovery_flows.tracing import kernel
from recovery_flows.tracing.methods.catalogue import RuleName
from recovery_flows.tracing.methods.types import Basis, Coverage, Opening, Source, Transfer
from tests.rules.agreement import COMPARED
from tests.rules.worlds import ACCOUNTS, LATER, Case, hour, payment

RESULTS = Path(__file__).with_name("search_rules.json")
SLICE = 30.0
_TRACING = Path(kernel.__file__).parent.parent
ASKED_ABOUT = (_TRACING / "kernel", _TRACING / "methods")
Compare = Callable[[RuleName, Case], None]


def thrown(dice: random.Random, *, known_or_not: bool) -> Case:
    """A random case: the smaller the world, the more often its payments meet."""
    accounts = ACCOUNTS[: dice.randint(1, len(ACCOUNTS))]
    hours, kinds = dice.randint(1, 8), (LineKind.TRANSFER, *dice.choices(tuple(LineKind), k=1))
    transfers = tuple(
        payment(
            number, *dice.choices((*accounts, None), k=2), dice.randint(1, 9),
            at_hour=at, kind=dice.choice(kinds),
        )
        for number, at in enumerate(sorted(dice.choices(range(hours), k=dice.randint(1, 16))))
    )  # fmt: skip
    return Case(
        transfers=transfers,
        sources=tuple(_sources(dice, transfers)),
        openings=tuple(
            Opening(account, dice.randint(-6, 9), dice.choice((Basis.KNOWN, *Basis)))
            for account in accounts
            if dice.random() < 0.7
        ),
        coverage=tuple(_coverage(dice, accounts, hours, known_or_not=known_or_not)),
        as_of=dice.choice((LATER, LATER, hour(hours // 2))),
    )


def _sources(dice: random.Random, transfers: tuple[Transfer, ...]) -> Iterator[Source]:
    for transfer in transfers:
        if transfer.payer != transfer.payee and dice.random() < 0.3:
            yield Source(transfer.id, f"v{dice.randint(0, 2)}", transfer.debit_minor)


def _coverage(
    dice: random.Random, accounts: tuple[str, ...], hours: int, *, known_or_not: bool
) -> Iterator[Coverage]:
    for account in accounts:
        for _ in range(dice.choice((0, 1, 1, 2, 2))):
            begin = dice.randint(0, hours)
            if known_or_not:
                yield Coverage(account, hour(-1), LATER)
            else:
                yield Coverage(account, hour(begin), hour(dice.randint(begin, hours)))


@dataclass(frozen=True, slots=True)
class Asked:
    """How many cases were asked about a rule, how many differed, and the seconds of CPU it took."""

    cases: int
    failures: int
    seconds: float


def search(rule: RuleName, seconds: float, seeds: random.Random) -> Asked:
    """Ask about one rule until its seconds of CPU are over."""
    compare, known_or_not = COMPARED[rule]
    asked = failures = 0
    begun = time.process_time()
    while (spent := time.process_time() - begun) < seconds:
        seed = seeds.getrandbits(64)
        case = thrown(random.Random(seed), known_or_not=known_or_not)  # noqa: S311 - no secret
        asked += 1
        if not _agree(compare, rule, case):
            failures += 1
            print(f"{rule}, seed {seed}:\n{shrunk(compare, rule, case)}", flush=True)
    return Asked(asked, failures, spent)


def _agree(compare: Compare, rule: RuleName, case: Case) -> bool:
    try:
        compare(rule, case)
    except Exception:  # noqa: BLE001 - whatever it is, it is what was searched for
        return False
    return True


def shrunk(compare: Compare, rule: RuleName, case: Case) -> Case:
    """The same disagreement with nothing left that it does without."""
    smaller = next((c for c in _smaller(case) if not _agree(compare, rule, c)), None)
    return case if smaller is None else shrunk(compare, rule, smaller)


def _smaller(case: Case) -> Iterator[Case]:
    for name in ("sources", "coverage", "openings", "transfers"):
        parts = getattr(case, name)
        for n in range(len(parts)):
            less = replace(case, **{name: parts[:n] + parts[n + 1 :]})
            named = {t.id for t in less.transfers}
            yield replace(less, sources=tuple(s for s in less.sources if s.transfer_id in named))
    for n, transfer in enumerate(case.transfers):
        if transfer.debit_minor > 1:
            one = replace(transfer, debit_minor=1, credit_minor=1)
            sources = (
                replace(s, claim_minor=1) if s.transfer_id == one.id else s for s in case.sources
            )
            rows = (*case.transfers[:n], one, *case.transfers[n + 1 :])
            yield replace(case, transfers=rows, sources=tuple(sources))


def main() -> int:
    """Search by turns, a slice of each rule at a time, and add what was asked to the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of CPU, per rule")
    parser.add_argument("--rules", nargs="+", default=[str(rule) for rule in COMPARED])
    parser.add_argument("--out", type=Path, default=RESULTS)
    wanted = parser.parse_args()
    seeds = random.SystemRandom()
    failures, left = 0, wanted.minutes * 60
    while left > 0:
        for name in wanted.rules:
            found = search(RuleName(name), min(left, SLICE), seeds)
            failures += found.failures
            _add(wanted.out, name, found)
        left -= SLICE
    print(wanted.out.read_text("utf-8"))
    return 1 if failures else 0


def _add(out: Path, name: str, found: Asked) -> None:
    asked_about = _digest()
    record = json.loads(out.read_text("utf-8")) if out.exists() else {}
    if record.get("asked about") != asked_about:
        record = {"asked about": asked_about, "rules": {}}
    before = record["rules"].get(name, {})
    sums = {key: before.get(key, 0) + value for key, value in asdict(found).items()}
    record["rules"][name] = sums | {"seconds": round(sums["seconds"], 1)}
    record["day"] = datetime.now(UTC).date().isoformat()
    out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _digest() -> str:
    """Of the texts that answer: searches add up as long as these are the same."""
    texts = (text for folder in ASKED_ABOUT for text in sorted(folder.glob("*.py")))
    return sha256(b"".join(text.read_bytes() for text in texts)).hexdigest()[:16]


if __name__ == "__main__":
    raise SystemExit(main())

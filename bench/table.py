"""Runs the benchmarks, prints each as a table and writes it as JSON."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import awkward
import chain
import decontamination
import dedup_quality
import engines
import incremental
import links
import memory
import near_duplicates
import private_data
import semantic
import spans
import startup
import web_pages
from measuring import BENCH, Row, machine
from ours import warm

BENCHES: dict[str, Callable[..., list[Row]]] = {
    "startup": startup.measure,
    "chain": chain.measure,
    "near_duplicates": near_duplicates.measure,
    "dedup_quality": dedup_quality.measure,
    "semantic": semantic.measure,
    "awkward": awkward.measure,
    "incremental": incremental.measure,
    "spans": spans.measure,
    "decontamination": decontamination.measure,
    "private_data": private_data.measure,
    "html": web_pages.measure,
    "memory": memory.measure,
    "links": links.measure,
    "engines": engines.measure,
}


def shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(rows: list[Row]) -> str:
    """Rows as a Markdown table; a column for every key."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
    lines += ["| " + " | ".join(shown(row.get(key, "")) for key in keys) + " |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which; all unless given")
    parser.add_argument("--quick", action="store_true", help="small inputs: does it run, and roughly how fast")
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    digests = json.loads((BENCH / "corpus" / "digests.json").read_text())
    warm()
    for name in options.names or BENCHES:
        work = BENCH / "work" / name
        shutil.rmtree(work, ignore_errors=True)
        rows = BENCHES[name](BENCH / "corpus", work, quick=options.quick)
        shutil.rmtree(work, ignore_errors=True)
        print(f"\n{name}: {BENCHES[name].__globals__['__doc__'].strip()}\n\n{table(rows)}", flush=True)
        options.results.mkdir(exist_ok=True)
        result = {
            "name": name,
            "quick": options.quick,
            "date": datetime.now(UTC).date().isoformat(),
            "machine": machine(),
            "corpus": digests,
            "rows": rows,
        }
        (options.results / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Mailboxes and dumps of wikis read on one core, beside Python's mailbox and email, and mwparserfromhell with mwxml.

    python bench/text_sources.py --peers PYTHON [--mbox FILE] [--dump FILE] [--results FOLDER]

PYTHON has mwparserfromhell and mwxml. Ours and the peer run by turns, three times each; seconds are of the processor,
the best of three, without imports. The peers give the text of each record; ours also tells quotes and signatures apart,
resolves tables, lists and templates, and writes metadata. Memory is the peak of the whole process.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from measuring import BENCH, Row, machine, run
from table import table

from gristmill.contracts import catalog

PEERS = {"mbox": "mailbox", "mediawiki": "mwparserfromhell"}
TURNS = 3


def ours(reader: str, path: str) -> None:
    """Read a file and print what it gave; called in a process of its own."""
    source = catalog.reader(reader)(paths=(path,))
    (unit,) = source.units("/")
    begun = time.process_time()
    records = characters = 0
    for chunk in source.read(unit):
        records += len(chunk.batch)
        characters += sum(len(text.as_py()) for text in chunk.batch.column("text"))
    seconds = time.process_time() - begun
    print(json.dumps({"records": records, "characters": characters, "seconds": seconds}))


def measured(name: str, commands: dict[str, list[str]], size: float) -> list[Row]:
    best: dict[str, Row] = {}
    for _ in range(TURNS):
        for who, command in commands.items():
            done = run(command, every=0.02)
            told = json.loads(done.output.splitlines()[-1])
            row: Row = {"input": name, "by": who, **told, "MB/s": size / told["seconds"], "peak MB": done.peak_mb}
            if who not in best or told["seconds"] < float(best[who]["seconds"]):
                best[who] = row
    first = float(best["gristmill"]["seconds"])
    return [{**row, "ratio": float(row["seconds"]) / first} for row in best.values()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mbox", type=Path)
    parser.add_argument("--dump", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    rows: list[Row] = []
    for reader, path in (("mbox", options.mbox), ("mediawiki", options.dump)):
        if path is None:
            continue
        whole = str(path.resolve())
        commands = {"gristmill": [sys.executable, __file__, "--read", reader, whole]}
        if options.peers:
            peer = PEERS[reader]
            commands[peer] = [str(options.peers), str(BENCH / "peers" / "text_sources.py"), peer, whole]
        rows += measured(path.name, commands, path.stat().st_size / 1e6)
    print(table(rows))
    if options.results:
        result = {"date": datetime.now(UTC).date().isoformat(), "machine": machine(), "rows": rows}
        (options.results / "text_sources.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        ours(*sys.argv[2:])
    else:
        main()

"""Picks three records of a finished demo build and names the commands that explain them."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

PICKS = (
    # What is sought, and the best of it first: the more edits, broken rules or differences, the more there is to see.
    ("fate = 'kept' AND url IS NOT NULL", "len(edits) DESC, bytes DESC, rid", "kept: every edit and every value"),
    ("fate = 'dropped' AND words > 50", "len(reasons) DESC, words DESC, rid", "dropped: every rule that it broke"),
    ("fate = 'merged' AND similarity < 1 AND words > 150", "similarity, rid", "merged: its twin, side by side"),
)


def main(build: Path, command: str) -> None:
    records = duckdb.read_parquet(f"{build}/ledger/records/*.parquet")
    lines = ["", "The report, to open in a browser:", f"  {build / 'report.html'}", "", "Worth trying:"]
    for sought, best, what in PICKS:
        best_one = records.filter(sought).order(best).limit(1)
        for rid, name in best_one.project("rid[:12], coalesce(url, id)").fetchall():
            lines += [f"  {command} explain {build} {rid}", f"    {name}, {what}"]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

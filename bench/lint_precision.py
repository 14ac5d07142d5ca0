"""How often the checks of fine-tuning data are right, by findings on real sets that were read and labelled by hand.

    python bench/lint_precision.py SETS BENCHMARKS [--results FOLDER]
    python bench/lint_precision.py SETS BENCHMARKS --draw SAMPLE --each 8 > to_read.jsonl
    python bench/lint_precision.py SETS BENCHMARKS --passed SAMPLE --each 60 > to_read.jsonl

SETS is a folder with `alpaca-sharded-en-zh`, `gpteacher`, `fastchat` and `hh-rlhf` as their repositories lay them out,
BENCHMARKS one with `bbh` and `mbpp`. All of it is built anew; in WORK, if that is given, a second run takes what a step
of the same version has left there. Labels are in lint_labels.csv: check, set, record, the sample that it was drawn in,
`right` or `wrong`, and why. The sets are not ours to pass on, so no text of them is there. A sample called `tuning` was
read before a check was changed and must not be quoted as its precision; `figure` was drawn afterwards from what the
changed check finds. Of checks that find little, all findings are in the sample.

A label is of a record and a check: a finding that a changed check no longer makes is not counted, nor one without a
label. `lost` counts right findings of any sample that are no longer made. --draw writes findings without a label, with
their texts, by a seeded hash, in turn from each set; --passed writes records in which no check found anything.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.dataset as ds
from measuring import machine
from xxhash import xxh3_64_intdigest

from gristmill import run
from gristmill.recipe.load import loads

LABELS = Path(__file__).parent / "lint_labels.csv"
ALPACA = "alpaca-sharded-en-zh/history"


class Source(NamedTuple):
    """A set: how it is read, its files, and the checks it is held to."""

    reader: str
    files: tuple[str, ...]
    step: str


SETS = {
    "alpaca_en": Source("conversations", (f"sets/{ALPACA}/原始英文数据/",), "conversation_rules"),
    "alpaca_zh": Source(
        "conversations",
        (f"sets/{ALPACA}/翻译后的中文数据/", f"sets/{ALPACA}/其他中文问题补充/"),
        "conversation_rules",
    ),
    "gpteacher": Source("conversations", ("sets/gpteacher/*/*.json",), "conversation_rules"),
    "mt_bench": Source("conversations", ("sets/fastchat/fastchat/llm_judge/data/mt_bench/",), "conversation_rules"),
    "hh_rlhf": Source("preferences", ("sets/hh-rlhf/harmless-base/test.jsonl.gz",), "preference_rules"),
    "bbh": Source("examples", ("benchmarks/bbh/bbh/",), "example_rules"),
    "mbpp": Source("examples", ("benchmarks/mbpp/data/",), "example_rules"),
}

SHOWN = ("messages", "prompt", "completions", "input", "label", "target", "options", "spans")

Label = tuple[str, str, str]
"""Check, set and record."""


class Finding(NamedTuple):
    check: str
    set: str
    rid: str
    evidence: str


def built(root: Path, name: str, source: Source) -> Path:
    """The folder of a build that only measures."""
    written = {
        "name": name,
        "build": name,
        "inputs": [{source.reader: list(source.files)}],
        "steps": [{source.step: {"drop": []}}],
        "outputs": ["parquet"],
    }
    run(loads(json.dumps(written), root=root))
    return root / name


def findings(build: Path, name: str, source: Source) -> Iterator[Finding]:
    """Each check that found something in a record, once."""
    manifest = json.loads((build / "manifest.json").read_text())
    checks = [
        signal["name"]
        for signal in manifest["steps"][0]["signals"]
        if signal["description"].startswith(("error: ", "warning: "))
    ]
    near = f"{source.step}.similarity"
    table = ds.dataset(build / "ledger/signals").to_table().to_pylist()
    for row in table:
        for check in checks:
            if row[f"{source.step}.{check}"]:
                yield Finding(check, name, row["rid"], row[f"{source.step}.evidence"] or "")
        if (row.get(near) or 0) > 0.95:
            yield Finding("near_equal", name, row["rid"], "")


def texts(build: Path) -> dict[str, dict[str, Any]]:
    """What was delivered, by record."""
    table: pa.Table = ds.dataset(build / "data").to_table()
    kept = [name for name in table.column_names if name in SHOWN]
    rids = table.column("rid").to_pylist()
    return dict(zip(rids, table.select(kept).to_pylist(), strict=True))


def rank(seed: str, *names: str) -> int:
    return xxh3_64_intdigest("\x1e".join((seed, *names)).encode())


def drawn(found: list[Finding], seed: str, each: int) -> list[Finding]:
    """Of each check so many findings, in turn from each set."""
    chosen: list[Finding] = []
    for check in sorted({one.check for one in found}):
        mine = sorted((one for one in found if one.check == check), key=lambda one: rank(seed, *one[:3]))
        turn: dict[str, int] = {}
        order = []
        for one in mine:
            turn[one.set] = turn.get(one.set, 0) + 1
            order.append((turn[one.set], one))
        chosen += [one for _, one in sorted(order, key=lambda pair: pair[0])[:each]]
    return chosen


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    z = 1.96
    share = right / count
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (middle - spread) / (1 + z * z / count), (middle + spread) / (1 + z * z / count)


def table(found: list[Finding], labels: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Findings, labels and precision of each check. A check that was tuned is judged by its later sample alone."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.check] = counts.get(one.check, 0) + 1
    made: set[Label] = {one[:3] for one in found}
    rows = []
    for check in sorted(counts.keys() | {label["check"] for label in labels}):
        mine = [label for label in labels if label["check"] == check]
        samples = {label["sample"] for label in mine}
        sample = "figure" if "figure" in samples else "tuning"
        still = [label for label in mine if (check, label["set"], label["rid"]) in made]
        judged = [label for label in still if label["sample"] == sample]
        right = sum(label["verdict"] == "right" for label in judged)
        low, high = wilson(right, len(judged))
        lost = sum(label["verdict"] == "right" for label in mine if label not in still)
        rows.append(
            {
                "check": check,
                "found": counts.get(check, 0),
                "sample": sample,
                "labelled": len(judged),
                "right": right,
                "precision": round(right / len(judged), 3) if judged else None,
                "low": round(low, 2),
                "high": round(high, 2),
                "lost": lost,
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("benchmarks", type=Path)
    parser.add_argument("--draw", metavar="SAMPLE", help="a name, which seeds the draw")
    parser.add_argument("--passed", metavar="SAMPLE")
    parser.add_argument("--each", type=int, default=8)
    parser.add_argument("--only", nargs="*", help="names of checks")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--work", type=Path)
    asked = parser.parse_args()
    labels = list(csv.DictReader(LABELS.open(newline=""))) if LABELS.exists() else []
    with tempfile.TemporaryDirectory() as place:
        root = asked.work or Path(place)
        # Records are named by their files as the recipe spells them, so these links keep the labels true anywhere.
        for link, target in (("sets", asked.sets), ("benchmarks", asked.benchmarks)):
            (root / link).unlink(missing_ok=True)
            (root / link).symlink_to(target.resolve())
        builds = {name: built(root, name, source) for name, source in SETS.items()}
        found = [one for name, source in SETS.items() for one in findings(builds[name], name, source)]
        if asked.only:
            found = [one for one in found if one.check in asked.only]
        if asked.draw:
            known = {(label["check"], label["set"], label["rid"]) for label in labels}
            unread = [one for one in found if one[:3] not in known]
            write(drawn(unread, asked.draw, asked.each), builds)
        elif asked.passed:
            hit = {(one.set, one.rid) for one in found}
            passed = [
                Finding("passed", name, rid, "")
                for name in SETS
                for rid in texts(builds[name])
                if (name, rid) not in hit
            ]
            write(drawn(passed, asked.passed, asked.each), builds)
        else:
            tell(table(found, labels), asked.results)


def write(chosen: list[Finding], builds: dict[str, Path]) -> None:
    whole = {name: texts(builds[name]) for name in sorted({one.set for one in chosen})}
    for one in chosen:
        print(json.dumps({**one._asdict(), "record": whole[one.set][one.rid]}, ensure_ascii=False, default=str))


def tell(rows: list[dict[str, Any]], results: Path | None) -> None:
    print("| check | records | read | right | precision | 95 % |\n|---|---|---|---|---|---|")
    for row in rows:
        share = "" if row["precision"] is None else f"{row['precision']:.2f}"
        between = f"{row['low']:.2f} to {row['high']:.2f}" if row["labelled"] else ""
        lost = f", {row['lost']} lost" if row["lost"] else ""
        print(
            f"| `{row['check']}` | {row['found']} | {row['labelled']} ({row['sample']}{lost}) | {row['right']} "
            f"| {share} | {between} |"
        )
    if results:
        whole = {"machine": machine(), "date": datetime.now(UTC).date().isoformat(), "rows": rows}
        (results / "lint_precision.json").write_text(json.dumps(whole, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""The figures that the README quotes, from bench/results: quote.py prints them, quote.py --write puts them in place."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- bench -->\n", "<!-- /bench -->"

QUOTED = {  # and what their rows are called
    "chain": "the chain",
    "near_duplicates": "near-duplicates",
    "html": "WARC to Parquet",
    "startup": "starting",
    "spans": "stretches",
    "extracting": "main content",
    "private_data": "personal data",
}

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    found: list[Row] = json.loads((RESULTS / f"{name}.json").read_text())["rows"]
    return found


def one(found: list[Row], **wanted: str) -> Row:
    """The row whose columns begin so."""
    return next(row for row in found if all(str(row[key]).startswith(value) for key, value in wanted.items()))


def figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def ratios(ours: float, peers: list[tuple[str, float]]) -> str:
    return ", ".join(f"{figure(ours / rate)} × {name}" for name, rate in peers)


def quoted() -> str:
    chain, near, html, startup, spans, extracting, private = map(rows, QUOTED)
    lines = ["| | Gristmill | beside it |", "|---|---|---|"]
    for corpus, what in (("all pages", "most of them dropped early"), ("passing", "every rule looks at every text")):
        ours = one(chain, corpus=corpus, system="gristmill")["rate"]
        peers = [("datatrove", one(chain, corpus=corpus, system="datatrove")["rate"])]
        steps = "language, Gopher, C4, FineWeb, exact and near-duplicates"
        lines.append(f"| {steps}, one core; {what} | {figure(ours)} MB/s of text | {ratios(ours, peers)} |")
    ours = one(near, corpus="all", system="gristmill", text_mb="112")["rate"]
    peers = [("datatrove", one(near, corpus="all-sample", system="datatrove")["rate"])]
    whole = [row for row in near if row["corpus"] == "all"]
    peers += [(name, one(whole, system=name)["rate"]) for name in ("text-dedup", "rensa", "daft")]
    what = "near-duplicates end to end, one core"
    lines.append(f"| {what} | {figure(ours)} MB/s of text | {ratios(ours, peers)} |")
    more = [row for row in near if row["corpus"] == "varied"]
    ours, peers = one(more, system="gristmill")["rate"], [peers[0], ("daft", one(more, system="daft")["rate"])]
    lines.append(f"| {what}, of a gigabyte | {figure(ours)} MB/s of text | {ratios(ours, peers)} |")
    cut = one(spans, system="gristmill, duplicate_spans of 200 bytes")
    ratio = one(spans, system="published")["cpu_ratio"]
    alone = cut["cpu_seconds"] / one(spans, system="gristmill, no step")["cpu_seconds"]
    published = f"{figure(ratio)} × the published suffix array"
    beside = f"{published}, {alone:.1f} times reading and writing alone, by CPU time"
    lines.append(f"| repeated stretches of 200 bytes, two cores | {figure(cut['rate'])} MB/s of text | {beside} |")
    pages = one(html, system="gristmill, 2")["rate"]
    lines.append(f"| WARC to Parquet: extract, normalise, language, two cores | {figure(pages)} MB/s of HTML | |")
    lines += [*main_content(extracting), personal_data(private)]
    begins = {row["system"]: row["seconds"] for row in startup}
    lines.append(f"| `gristmill --help` | {begins['gristmill --help, median']:.2f} s | |")
    compiled = figure(begins["gristmill warm, nothing compiled"])
    lines.append(f"| every kernel compiled, once a machine | {compiled} s | |")
    lines.append(f"| a build of one record | {begins['gristmill build of one record, 2 workers']:.1f} s | |")
    lines += ["", f"Measured {machines()}, by `bench/run`,"]
    lines += ["peers in the same run on the same records; [what is measured, and how](docs/benchmarks.md)."]
    return "\n".join(lines) + "\n"


def machines() -> str:
    """Where and when the figures were taken; of several machines, which rows on which."""
    about = {name: json.loads((RESULTS / f"{name}.json").read_text()) for name in QUOTED}
    days = sorted({one["date"] for one in about.values()})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    on: dict[str, list[str]] = {}
    for name, one in about.items():
        cpu = one["machine"]["cpu"].replace("(R)", "").removesuffix(" Processor")
        on.setdefault(f"on {one['machine']['cores']} cores of an {cpu}", []).append(QUOTED[name])
    most = max(on, key=lambda where: len(on[where]))
    others = [f"{' and '.join(names)} {where}" for where, names in on.items() if where != most]
    return ", ".join([most, *others, when])


def main_content(found: list[Row]) -> list[str]:
    ours = one(found, system="gristmill, balanced")["f1"]
    fast = one(found, system="this model")["MB/s"]
    peers = [(name.capitalize(), one(found, system=name)) for name in ("trafilatura", "resiliparse")]
    scores = ", ".join(f"{peer['f1']:.3f} {name}" for name, peer in peers)
    beside = ratios(fast, [(name, peer["MB/s"]) for name, peer in peers])
    return [
        f"| main content of web pages, word F1, pages of domains unseen in training | {ours:.3f} | {scores} |",
        f"| main content of web pages, one core | {figure(fast)} MB/s of HTML | {beside} |",
    ]


def personal_data(found: list[Row]) -> str:
    sample = [row for row in found if row.get("corpus") == "english-sample"]
    ours = one(sample, system="gristmill both")["rate"]
    names = {"datatrove": "datatrove", "presidio": "Presidio", "data-juicer cleaners": "Data-Juicer", "dolma": "Dolma"}
    beside = ratios(ours, [(name, one(sample, system=system)["rate"]) for system, name in names.items()])
    return f"| personal data and secrets masked, one core | {figure(ours)} MB/s of text | {beside} |"


def in_place(text: str) -> str:
    """The README with the figures as they are now."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + quoted() + END + rest.partition(END)[2]


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        README.write_text(in_place(README.read_text("utf-8")), "utf-8")
    else:
        print(quoted(), end="")

"""Time of the engine gristmill for pages made to be slow: each kind at two sizes, which should cost alike a byte.

    python bench/hostile_pages.py [--megabytes 8] [--largest 100] [--results FOLDER]

Seconds are of the processor, a page in memory to its text with what it states of itself, after a page of the same kind
has been read once. `growth` is the time a byte at the full size over that at a quarter of it: 1 is linear, 4 quadratic.
A plain article of --largest megabytes stands last. The step's own limits (`max_bytes`, `max_depth`) are not in the way
here; they refuse such pages before they are read.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from measuring import BENCH, Row, machine

from gristmill.clean._gristmill import engine
from gristmill.clean._page import Settings

SENTENCE = "The miller lifts the upper stone with a lever, so that the grain runs in between, and lets it down. "
HEAD = "<!doctype html><title>Of mills</title><body><main>"

Page = Callable[[int], str]


def repeated(piece: str) -> Page:
    """A page of nothing but one piece of markup; `#` in it becomes a number."""

    def page(size: int) -> str:
        if "#" not in piece:
            return HEAD + piece * (size // len(piece))
        return HEAD + "".join(piece.replace("#", str(k)) for k in range(size // (len(piece) + 5)))

    return page


def around(opening: str, inside: str, closing: str) -> Page:
    """A page that opens once, repeats, and closes once."""
    return lambda size: HEAD + opening + inside * (size // len(inside)) + closing


KINDS: dict[str, Page] = {
    "an article": repeated(f"<p>{SENTENCE * 4}</p>"),
    "nested div": repeated("<div>x"),
    "nested lists": repeated("<ul><li>x"),
    "nested tables": repeated("<table><tr><td>x"),
    "nested quotes": repeated("<blockquote>x"),
    "nested links": repeated("<a href=x>x"),
    "inline elements never closed": repeated("<p>x<b><i><span>"),
    "elements of unknown names": repeated("<x-#>y"),
    "end tags that close nothing": lambda size: HEAD + "<div>" * 2000 + "</section></b>x" * (size // 15),
    "one huge attribute": around('<p class="', "word-of-class ", '">x'),
    "one huge style": around('<p style="', "display:block;", '">x'),
    "many attributes": around("<p ", "a=1 ", ">x"),
    "a different class each": repeated("<p class='a#z b#z'>x"),
    "equal classes": repeated("<p class='one'>x"),
    "a quote never closed": around("<p>x<a href='", "<p>x", ""),
    "a comment never closed": around("<!--", "<p>x-- >", ""),
    "a script never closed": around("<script>", "</scrip", ""),
    "only <": repeated("<"),
    "only </": repeated("</"),
    "only &": repeated("&"),
    "references": repeated("&amp;&#8217;&NotEqualTilde;"),
    "a long number": around("&#", "9", ";"),
    "a table of many rows": around("<table>", "<tr><td>1<td>2", "</table>"),
    "a row of many cells": around("<table><tr>", "<td>1", "</table>"),
    "a list of many items": around("<ol start=3>", "<li>one", "</ol>"),
    "code of many lines": around("<pre><code class=language-c>", "x = 1;\n", "</code></pre>"),
    "one word": around("<p>", "a", "</p>"),
    "one line of Chinese": around("<p>", "中文", "</p>"),
    "line breaks": repeated("x<br>"),
    "white space": around("<p>a", " \n", "b</p>"),
    "formulas without an end": repeated("<math><mi>x"),
    "formulas with annotations": repeated("<math><mi>x</mi><annotation encoding=tex>x</annotation></math> "),
    "meta elements": repeated("<meta property=og:title content=x>"),
    "links that say canonical": repeated("<link rel=canonical href=/#>"),
    "nested JSON-LD": around('<script type="application/ld+json">{"articleBody":', "[", "</script>"),
    "many JSON-LD": repeated('<script type="application/ld+json">{"a":[{"articleBody":1}]}</script>'),
    "bodies": repeated("<body class=x>y"),
    "titles": repeated("<title>x</title>"),
}


def seconds(read: Callable[[str], object], page: str) -> float:
    begun = time.process_time()
    read(page)
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=8)
    parser.add_argument("--largest", type=float, default=100)
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    read = engine(Settings(output="markdown"))
    whole = int(options.megabytes * 1e6)
    read(HEAD + SENTENCE * 20)
    rows: list[Row] = []
    for name, page in KINDS.items():
        read(page(whole // 40))
        quarter, full = (seconds(read, page(size)) for size in (whole // 4, whole))
        rows.append({"page": name, "MB": whole / 1e6, "seconds": full, "growth": full / max(quarter * 4, 1e-3)})
    largest = int(options.largest * 1e6)
    taken = seconds(engine(Settings()), KINDS["an article"](largest))
    rows.append({"page": "an article, the largest", "MB": largest / 1e6, "seconds": taken, "growth": 0.0})
    print("| page | MB | seconds | MB/s | growth |\n|---|---|---|---|---|")
    for row in rows:
        growth = f"{row['growth']:.2f}" if row["growth"] else ""
        print(f"| {row['page']} | {row['MB']:.0f} | {row['seconds']:.2f} |", end="")
        print(f" {float(row['MB']) / float(row['seconds']):.1f} | {growth} |")
    options.results.mkdir(exist_ok=True)
    result = {"name": "hostile_pages", "date": datetime.now(UTC).date().isoformat(), "machine": machine(), "rows": rows}
    (options.results / "hostile_pages.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Main content of the Debian handbook's pages (package debian-handbook) in all its languages: precision, recall and F1.

    apt-get download debian-handbook && dpkg-deb -x debian-handbook_*.deb handbook
    python bench/handbook_languages.py handbook [--every 8] [--results FOLDER]

Truth is what stands outside of the elements that DocBook's stylesheets make for navigation (`docnav`, the title bar).
Words count as in bench/extracting.py, and each character of scripts without spaces is one.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from measuring import BENCH, Row, machine
from resiliparse.parse.html import HTMLTree

from gristmill.clean._extractor_pages import word_f1
from gristmill.clean._gristmill import engine
from gristmill.clean._page import Settings

NAVIGATION = ".docnav, #title, script, style"
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.lower()))


def truth(page: str) -> str:
    tree = HTMLTree.parse(page)
    for node in tree.body.query_selector_all(NAVIGATION):
        node.decompose()
    return tree.body.text or ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    read = engine(Settings())
    rows: list[Row] = []
    for language in sorted((options.folder / "usr/share/doc/debian-handbook/html").iterdir()):
        files = sorted(language.glob("*.html"))[:: options.every]
        pages = [one.read_text("utf-8", "replace") for one in files]
        found = [read(page).text for page in pages]
        measured = [word_f1(words(text), words(truth(page))) for text, page in zip(found, pages, strict=True)]
        if measured:
            precision, recall, f1 = np.mean(measured, axis=0).round(4).tolist()
            row: Row = {"language": language.name, "pages": len(pages), "empty": sum(not text for text in found)}
            rows.append(row | {"precision": precision, "recall": recall, "f1": f1})
            print(*rows[-1].values(), sep="\t")
    options.results.mkdir(exist_ok=True)
    result = {"name": "handbook_languages", "date": datetime.now(UTC).date().isoformat(), "machine": machine()}
    (options.results / "handbook_languages.json").write_text(json.dumps(result | {"rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()

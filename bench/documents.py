"""Books, papers and office files read to text beside peers, on the same files, by processor time.

    python bench/documents.py FILE... --peers PYTHON

PYTHON has EbookLib, beautifulsoup4, python-docx, mammoth, striprtf, lxml and pypandoc_binary. Seconds are of the
processor, the best of three, imports and the start of an interpreter left out. `words` says how many of the words of
pandoc's plain text are in a text as often, `more` how many words of the text pandoc has not, both for 100 of pandoc's.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from measuring import BENCH, run

from gristmill.contracts import catalog
from gristmill.contracts.reader import Reader

PEERS = {
    ".epub": ("EbookLib", "pandoc"),
    ".docx": ("python-docx", "mammoth", "pandoc"),
    ".odt": ("pandoc",),
    ".rtf": ("striprtf", "pandoc"),
    ".nxml": ("lxml", "pandoc"),
    ".tei": ("lxml",),
}


def reader(path: Path) -> Reader:
    """Ours, for the ending of a file."""
    kinds = (catalog.reader(name) for name in ("epub", "docx", "odt", "rtf", "jats", "tei"))
    return next(kind for kind in kinds if path.suffix in kind.suffixes)(paths=(str(path),))


def ours(path: Path) -> tuple[float, str]:
    found = reader(path)
    (unit,) = found.units("/")
    times, text = [], ""
    for _ in range(4):
        begun = time.process_time()
        text = "\n\n".join(row for chunk in found.read(unit) for row in chunk.batch.column("text").to_pylist())
        times.append(time.process_time() - begun)
    return min(times[1:]), text


def peer(python: str, name: str, path: Path) -> tuple[float, str] | None:
    try:
        done = run([python, str(BENCH / "peers" / "document_text.py"), name, str(path)])
    except RuntimeError:
        return None
    told = json.loads(done.output.splitlines()[-1])
    return float(told["seconds"]), str(told["text"])


def words(text: str) -> Counter[str]:
    """Words without the signs that forms put around them."""
    plain = "".join(char if char.isalnum() else " " for char in text)
    return Counter(plain.lower().split())


def rows(path: Path, python: str) -> Iterator[tuple[str, float, str]]:
    yield "gristmill", *ours(path)
    for name in PEERS[path.suffix]:
        got = peer(python, name, path)
        if got is not None:
            yield name, *got


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--peers", required=True, help="a Python that has the peers")
    arguments = parser.parse_args()
    print("| file | by | seconds | MB of text/s | times ours | words | more |\n|---|---|---|---|---|---|---|")
    for path in map(Path.absolute, arguments.files):
        found = list(rows(path, arguments.peers))
        own = found[0][1]
        truth = next((words(text) for name, _, text in found if name == "pandoc"), None)
        for name, seconds, text in found:
            size = len(text.encode()) / 1e6
            told = ("", "")
            if truth:
                total, mine = truth.total(), words(text)
                told = (f"{100 * (truth & mine).total() / total:.1f}", f"{100 * (mine - truth).total() / total:.1f}")
            ratio = f"{seconds / own:.1f}"
            print(f"| {path.name} | {name} | {seconds:.3f} | {size / seconds:.1f} | {ratio} | {told[0]} | {told[1]} |")
    print(f"peak memory of ours: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()

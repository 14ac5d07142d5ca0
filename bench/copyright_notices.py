"""What `copyright` hears of notices that were labelled by reading: is there one, who holds it, since when, until when.

copyright_notices.py [--wcxb FOLDER] [--doc FOLDER] [--packages FOLDER] [--debian FOLDER] [--errors]

`notice_labels.csv` holds the labels: of the html folder of WCXB's development set, of /usr/share/doc, of the
site-packages of a development environment, and of Debian's documentation packages, unpacked one a folder. Files that
are not there, or are not those that were labelled (by their MD5), are left out. Every other one was looked at while
errors were mended; the rest was not, and has its own figures.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from gristmill.contracts.view import View
from gristmill.protect.copyright import Copyright

LABELS = Path(__file__).parent / "notice_labels.csv"
FOLDERS = ("wcxb", "doc", "packages", "debian")
SCHEMA = pa.schema({"text": pa.large_string(), "payload": pa.large_binary()})


class Said(NamedTuple):
    """Of one file: whether there is a notice, the holder of the first, the years of all; empty where nothing is."""

    notice: bool
    holder: str
    first: str
    last: str


def heard(form: str, body: bytes) -> Said:
    record = {"payload": body, "text": None} if form == "page" else {"text": body.decode("utf-8", "replace")}
    told = Copyright().measure(View(pa.RecordBatch.from_pylist([record], SCHEMA)))
    years = [told[name][0].as_py() for name in ("first_year", "last_year")]
    holder = told["copyright_holder"][0].as_py() or ""
    return Said(told["notices"][0].as_py() > 0, holder, *("" if year is None else str(int(year)) for year in years))


def labelled(folders: dict[str, Path | None]) -> Iterator[tuple[int, str, Said, Said]]:
    """Number, name, what the label says, what the step says, of files that are there and are the same."""
    with LABELS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        kind, _, name = row["file"].partition("/")
        folder = folders[kind]
        path = folder / name if folder else None
        if path is None or not path.exists():
            continue
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if hashlib.md5(body).hexdigest() == row["md5"]:
            label = Said(row["notices"] == "1", row["holder"], row["first"], row["last"])
            yield number, row["file"], label, heard(row["form"], body)


def same(one: str, other: str) -> bool:
    """Whether two names are one, letter case, spaces and points at the end aside."""
    return " ".join(one.casefold().split()).strip(" .,") == " ".join(other.casefold().split()).strip(" .,")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in FOLDERS:
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--errors", action="store_true", help="show what differs in the half that errors are mended on")
    options = parser.parse_args()
    files = list(labelled({name: getattr(options, name) for name in FOLDERS}))
    print("| files | what | labels | heard | precision | recall |\n|---|---|---|---|---|---|")
    for half, which in ((0, "mended on"), (1, "apart")):
        some = [(label, said) for number, _, label, said in files if number % 2 == half]
        for what in Said._fields:
            pairs = [(str(getattr(label, what) or ""), str(getattr(said, what) or "")) for label, said in some]
            right = sum(same(*pair) for pair in pairs if pair[0] and pair[1])
            labels, found = sum(bool(label) for label, _ in pairs), sum(bool(said) for _, said in pairs)
            shares = f"{right / max(found, 1):.2f} | {right / max(labels, 1):.2f}"
            print(f"| {len(some)} {which} | {what} | {labels} | {found} | {shares} |")
    for number, name, label, said in files if options.errors else ():
        if number % 2 == 0 and not all(same(str(a or ""), str(b or "")) for a, b in zip(label, said, strict=True)):
            print(f"{name}\n  label {tuple(label)}\n  heard {tuple(said)}")


if __name__ == "__main__":
    main()

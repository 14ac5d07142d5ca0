"""Makes the corpora of the benchmarks from a folder of real HTML, once, and says by digest which bytes they are.

The folder holds one folder a package (`libreoffice-help-de`, `python3.11-doc` ...) as `dpkg-deb -x` leaves it.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

ENGLISH = (
    "libreoffice-help-en-us",
    "libreoffice-help-en-gb",
    "debian-reference-en",
    "python3.11-doc",
    "openjdk-17-doc",
    "cppreference-doc-en-html",
    "postgresql-doc-15",
    "linux-doc-6.1",
    "erlang-doc",
    "nodejs-doc",
    "sqlite3-doc",
    "git-doc",
)
MULTILINGUAL = ("libreoffice-help-", "debian-reference-", "python3.11-doc")  # beginnings of names
WARC_LIMIT = 256 << 20  # bytes of HTML in the archives
WARC_FILE = 32 << 20  # bytes of HTML in one archive
MIN_TEXT = 200  # characters; pages with less are stubs


def pages(root: Path, packages: tuple[str, ...] = ("",)) -> Iterator[tuple[str, bytes]]:
    """Every page of packages whose names begin so, in an order that mixes them and is the same every time."""
    folders = [folder for folder in root.iterdir() if folder.name.startswith(packages)]
    found = sorted(
        (path for folder in folders for path in folder.rglob("*.html") if path.is_file()),
        key=lambda path: hashlib.sha256(path.relative_to(root).as_posix().encode()).digest(),
    )
    for path in found:
        yield path.relative_to(root).as_posix(), path.read_bytes()


def write_texts(root: Path, to: Path, packages: tuple[str, ...]) -> None:
    """JSON Lines of `id` and `text`, the text as Resiliparse extracts the main content."""
    with to.open("w", encoding="utf-8") as out:
        for name, body in pages(root, packages):
            text = extract_plain_text(
                bytes_to_str(body, detect_encoding(body) or "utf-8"), main_content=True, alt_texts=False
            )
            if len(text) >= MIN_TEXT:
                out.write(json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n")


def warc_record(name: str, body: bytes) -> bytes:
    """One response as a crawler stores it."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    record = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{record}>\r\nWARC-Date: 2024-03-04T06:00:00Z\r\n"
        f"WARC-Target-URI: https://bench.example/{name}\r\nContent-Type: application/http;msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def write_warcs(root: Path, to: Path) -> None:
    """Archives as a crawl has them, one gzip member a record."""
    to.mkdir()
    total = 0
    for name, body in pages(root):
        with (to / f"{total // WARC_FILE:05}.warc.gz").open("ab") as out:
            out.write(gzip.compress(warc_record(name, body), 6, mtime=0))
        total += len(body)
        if total >= WARC_LIMIT:
            return


def write_sample(source: Path, to: Path, limit: int) -> None:
    """The first lines of a corpus, up to `limit` bytes of it (its order is random already)."""
    total = 0
    with source.open("rb") as lines, to.open("wb") as out:
        for line in lines:
            out.write(line)
            total += len(line)
            if total >= limit:
                return


def digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("html", type=Path, help="folder of unpacked packages")
    parser.add_argument("to", type=Path, help="folder for the corpora")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    english, everything, warcs = (options.to / name for name in ("english.jsonl", "all.jsonl", "pages"))
    if not english.exists():
        write_texts(options.html, english, ENGLISH)
        write_sample(english, options.to / "english-sample.jsonl", 4_000_000)
    if not everything.exists():
        write_texts(options.html, everything, MULTILINGUAL)
        write_sample(everything, options.to / "all-sample.jsonl", 8_000_000)
    if not warcs.exists():
        write_warcs(options.html, warcs)
    files = sorted(path for path in options.to.rglob("*") if path.is_file())
    made = {path.relative_to(options.to).as_posix(): digest(path) for path in files}
    made.pop("digests.json", None)
    (options.to / "digests.json").write_text(json.dumps(made, indent=1) + "\n")
    for name, value in made.items():
        print(f"{value}  {name}")


if __name__ == "__main__":
    main()

"""Pages fetched by index from archives on this machine, beside the loop of cdx_toolkit over warcio.

    python bench/picking.py PAGES [--peers PYTHON] [--results FOLDER]

PAGES is a folder with HTML files (those of WCXB, say). They become web archives of 16 MB of HTML, each page under one
of a hundred hosts, with an index that `gristmill find-pages` makes; those of 30 hosts are fetched. PYTHON has warcio.
Ours and the peer run by turns, three times each; seconds are of the processor, the best of three, without imports. Both
give the body of each page without its encodings; ours also builds Arrow chunks with metadata.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from measuring import BENCH, Row, machine, run
from table import table

from gristmill.cli import main as gristmill
from gristmill.collect.cdx import Cdx

TURNS = 3
ARCHIVE = 16 << 20
HOSTS = 100
ASKED = [f"host{number:02}.example" for number in range(0, HOSTS, 3)][:30]


def ours(index: str, hosts: list[str]) -> None:
    """Fetch and print what came; called in a process of its own."""
    reader = Cdx(paths=(index,), hosts=tuple(hosts))
    begun = time.process_time()
    records = payload = 0
    for unit in reader.units("/"):
        for chunk in reader.read(unit):
            records += len(chunk.batch)
            payload += sum(len(body.as_py()) for body in chunk.batch.column("payload"))
    print(json.dumps({"records": records, "MB": payload / 1e6, "seconds": time.process_time() - begun}))


def archives(pages: Path, to: Path) -> Iterator[Path]:
    """Write the pages as archives, a gzip member a record."""
    members: list[bytes] = []
    size = written = 0
    for number, path in enumerate(sorted(pages.rglob("*.html*"))):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://host{number % HOSTS:02}.example/{number}\r\n"
            f"WARC-Date: 2026-01-01T00:00:00Z\r\nContent-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        members.append(gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0))
        size += len(body)
        if size >= ARCHIVE:
            yield _written(to / f"{written:03}.warc.gz", members)
            members, size, written = [], 0, written + 1
    if members:
        yield _written(to / f"{written:03}.warc.gz", members)


def _written(path: Path, members: list[bytes]) -> Path:
    path.write_bytes(b"".join(members))
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--peers", type=Path, default=Path(sys.executable))
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = list(archives(options.pages, Path(folder)))
        index = f"{folder}/pages.cdxj"
        if gristmill(["find-pages", folder, "--to", index]):
            sys.exit("the index could not be made")
        commands = {
            "gristmill": [sys.executable, __file__, "--fetch", index, *ASKED],
            "warcio": [str(options.peers), str(BENCH / "peers" / "picking.py"), index, *ASKED],
        }
        best: dict[str, Row] = {}
        for _ in range(TURNS):
            for who, command in commands.items():
                told = json.loads(run(command).output.splitlines()[-1])
                if who not in best or told["seconds"] < float(best[who]["seconds"]):
                    best[who] = {"by": who, **told, "MB/s": told["MB"] / told["seconds"]}
    first = float(best["gristmill"]["seconds"])
    rows: list[Row] = [{**row, "ratio": float(row["seconds"]) / first} for row in best.values()]
    print(f"{len(made)} archives")
    print(table(rows))
    if options.results:
        result = {"date": datetime.now(UTC).date().isoformat(), "machine": machine(), "rows": rows}
        (options.results / "picking.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fetch"]:
        ours(sys.argv[2], sys.argv[3:])
    else:
        main()

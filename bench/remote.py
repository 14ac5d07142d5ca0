"""Files of a web server, a dataset of the Hub and rows of a database, read on one core, beside datasets and pandas.

    python bench/remote.py [--documents 100000] [--results FOLDER]

The servers are on this machine, in this process; the readers run in processes of their own, by turns, three times each.
Seconds are of the reader's processor, without imports, the best of three; memory is the peak of its whole process. Ours
gives records with rid, id, url, time and metadata; the peers give rows.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from measuring import BENCH, Row, machine, run
from table import table

TURNS = 3
FILES = 4
_TESTS = BENCH.parent / "tests"  # the servers are those of the tests


def texts(count: int) -> Iterator[str]:
    """Texts of about a kilobyte, the same each time."""
    made = random.Random(7)
    words = ["".join(made.choices("aeinorstlmdgu", k=made.randint(2, 9))) for _ in range(5000)]
    for _ in range(count):
        yield " ".join(made.choices(words, k=160))


def rows(count: int) -> list[dict[str, object]]:
    return [
        {"id": str(at), "text": text, "url": f"https://example.org/{at}", "n": at}
        for at, text in enumerate(texts(count))
    ]


def ours(what: str, place: str) -> tuple[int, float]:
    """Records, and seconds of the processor."""
    import sqlalchemy  # noqa: F401  # as pandas is, before the clock runs

    from gristmill.collect.hub import Hub
    from gristmill.collect.jsonl import Jsonl
    from gristmill.collect.sql import Sql
    from gristmill.contracts.reader import Reader

    readers: dict[str, Reader] = {
        "list of urls": Jsonl(paths_file=place),
        "hub": Hub(dataset=place if what == "hub" else "mill/grain"),
        "sql": Sql(database=f"sqlite:///{place}", query="SELECT * FROM docs", key="n"),
        "sql, version_query": Sql(
            database=f"sqlite:///{place}", query="SELECT * FROM docs", key="n", version_query="SELECT max(n) FROM docs"
        ),
    }
    reader = readers[what]
    begun = time.process_time()
    found = sum(len(chunk.batch) for unit in reader.units("/") for chunk in reader.read(unit))
    return found, time.process_time() - begun


def theirs(what: str, place: str) -> tuple[int, float]:
    if what.startswith("sql"):
        import pandas

        begun = time.process_time()
        with closing(sqlite3.connect(place)) as database:
            frames = pandas.read_sql("SELECT * FROM docs ORDER BY n", database, chunksize=1000)
            found = sum(len(frame) for frame in frames)
        return found, time.process_time() - begun
    import datasets

    begun = time.process_time()
    if what == "hub":
        source = datasets.load_dataset("mill/grain", split="train", streaming=True)
    else:
        urls = [f"{place.rpartition('/')[0]}/{number}.jsonl" for number in range(FILES)]
        source = datasets.load_dataset("json", data_files=urls, split="train", streaming=True)
    found = sum(1 for _ in source)
    return found, time.process_time() - begun


def measured(what: str, place: str, size: float, environment: dict[str, str]) -> list[Row]:
    peer = "pandas.read_sql" if what.startswith("sql") else "datasets, streaming"
    best: dict[str, Row] = {}
    for _ in range(TURNS):
        for who in ("gristmill", peer):
            command = [sys.executable, __file__, "--read", "ours" if who == "gristmill" else "theirs", what, place]
            done = run(command, environment=environment, every=0.02)
            told = json.loads(done.output.splitlines()[-1])
            row: Row = {"input": what, "by": who, **told, "MB/s": size / told["seconds"], "peak MB": done.peak_mb}
            if who not in best or told["seconds"] < float(best[who]["seconds"]):
                best[who] = row
    first = float(best["gristmill"]["seconds"])
    return [{**row, "ratio": float(row["seconds"]) / first} for row in best.values()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    sys.path.insert(0, str(_TESTS))
    from hub_server import HubServer
    from web_server import web_server

    made = rows(options.documents)
    lines = [json.dumps(row).encode() + b"\n" for row in made]
    files = {f"{number}.jsonl": b"".join(lines[number::FILES]) for number in range(FILES)}
    size = sum(map(len, lines)) / 1e6
    found: list[Row] = []
    with web_server() as web, tempfile.TemporaryDirectory() as folder:
        web.files = {f"/{name}": data for name, data in files.items()} | {"/list": "\n".join(files).encode()}
        hub = HubServer(web)
        hub.commit("mill/grain", files)
        elsewhere = web.url.replace("127.0.0.1", "localhost")  # datasets asks the Hub for all that lies under its url
        environment = {"HF_ENDPOINT": web.url, "HF_HOME": folder, "HF_HUB_DISABLE_TELEMETRY": "1"}
        environment |= {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        found += measured("list of urls", f"{elsewhere}/list", size, environment)
        found += measured("hub", "mill/grain", size, environment)
        path = Path(folder, "a.db")
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("CREATE TABLE docs (n INTEGER PRIMARY KEY, id, text, url)")
            database.executemany("INSERT INTO docs VALUES (:n, :id, :text, :url)", made)
        found += measured("sql", str(path), size, environment)
        found += measured("sql, version_query", str(path), size, environment)[:1]
    print(table(found))
    if options.results:
        result = {"date": datetime.now(UTC).date().isoformat(), "machine": machine(), "rows": found}
        (options.results / "remote.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        count, seconds = {"ours": ours, "theirs": theirs}[sys.argv[2]](*sys.argv[3:])
        print(json.dumps({"records": count, "seconds": seconds}))
    else:
        main()

"""Reading repositories and judging code, beside peers, on one core: CPU seconds, the best of three for ours.

    python bench/source_code.py ARCHIVES [--peers PYTHON] [--files 100000] [--results FOLDER]

ARCHIVES is a folder of archives of packages. Of their files a repository of `--files` files is made with git, packed.
PYTHON has dolma[code] 1.2.1, dulwich 1.2.21 and pygit2 1.21.0. `objects` reads every file of the repository;
`records` also decodes it, finds its language, marks and licence, and makes records, the start included. `rules` are all
signals of code_quality; of dolma those of RedPajama and of StarCoder. `agreement` says how near our shares of comments
are to those of the peer's parsers.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from measuring import BENCH, Row, machine, run

from gristmill.collect._git_objects import BLOB
from gristmill.collect._git_places import place_of
from gristmill.collect._git_repository import open_objects, resolve
from gristmill.collect._git_trees import FILE, walk
from gristmill.collect.git import Git
from gristmill.contracts.view import View
from gristmill.quality.code_quality import CodeQuality
from gristmill.records.chunk import Chunk

PARSED = ("Python", "Java", "JavaScript")


def chunks_of(paths: tuple[str, ...], root: Path) -> list[Chunk]:
    reader = Git(paths=paths)
    return [chunk for unit in reader.units(str(root)) for chunk in reader.read(unit)]


def best(work: Callable[[], object], times: int = 3) -> float:
    spent = []
    for _ in range(times):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)


def make_repository(folder: Path, texts: list[str], files: int) -> None:
    """Commit so many files by git's own fast import: the texts again and again, each with a line of its own."""
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
    process = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(b"commit refs/heads/main\ncommitter B <b@example.org> 1700000000 +0000\ndata 0\n")
    for number in range(files):
        content = f"# file {number}\n{texts[number % len(texts)]}".encode()
        path = f"d{number % 97}/e{number % 991}/{number}.py"
        process.stdin.write(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
    process.stdin.close()
    process.wait()
    subprocess.run(["git", "repack", "-adq", "--window=5"], cwd=folder, check=True)


def our_objects(path: Path) -> tuple[int, int]:
    place = place_of(path)
    assert place is not None
    objects = open_objects(place)
    files = size = 0
    for node in walk(objects, resolve(place, objects, "HEAD", str(path)).tree):
        if node.kind == FILE:
            kind, content = objects.read(node.id, 64 << 20)
            files += kind == BLOB
            size += len(content)
    objects.close()
    return files, size


READ = """
import sys
from gristmill.collect.git import Git
reader = Git(paths=(sys.argv[1],))
print(sum(len(chunk.batch) for unit in reader.units("/") for chunk in reader.read(unit)))
"""


def reading(path: Path, peers: Path | None) -> list[Row]:
    files, size = our_objects(path)
    rows: list[Row] = [{"reads": "objects", "by": "gristmill", "MB/s": size / 1e6 / best(lambda: our_objects(path))}]
    done = run([sys.executable, "-c", READ, str(path)])
    assert int(done.output) == files
    rows.append({"reads": "records", "by": "gristmill", "MB/s": size / 1e6 / done.cpu_seconds})
    print(f"{files} files, {size / 1e6:.0f} MB; reading them as records took {done.peak_mb:.0f} MB of memory")
    for name in ("dulwich", "pygit2", "git") if peers else ():
        told = [
            json.loads(run([str(peers), str(BENCH / "peers/git_objects.py"), name, str(path)]).output) for _ in "12"
        ]
        assert all(one["files"] == files for one in told)
        rows.append({"reads": "objects", "by": name, "MB/s": size / 1e6 / min(float(one["seconds"]) for one in told)})
    return rows


def judging(chunks: list[Chunk], peers: Path | None) -> tuple[list[Row], list[Row]]:
    texts = [text for chunk in chunks for text in chunk.batch.column("text").to_pylist()]
    about = [json.loads(told) for chunk in chunks for told in chunk.batch.column("metadata").to_pylist()]
    size = sum(len(text.encode()) for text in texts) / 1e6
    step = CodeQuality()
    found = [step.measure(View(chunk.batch)) for chunk in chunks]
    seconds = best(lambda: [step.measure(View(chunk.batch)) for chunk in chunks])
    rates: list[Row] = [{"rules": "code_quality, all signals", "MB/s": size / seconds}]
    if peers is None:
        return rates, []
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        files = [{"text": t, "ext": a["path"].rpartition(".")[2]} for t, a in zip(texts, about, strict=True)]
        json.dump(files, file)
        file.flush()
        done = run([str(peers), str(BENCH / "peers" / "code_rules.py"), file.name])
    told = json.loads(done.output.splitlines()[-1])
    for name, spent in (("dolma, RedPajama", told["lines"]), ("dolma, StarCoder", told["rules"])):
        rates.append({"rules": name, "MB/s": size / spent})
    rates.append({"rules": "dolma, both", "MB/s": size / (told["lines"] + told["rules"])})
    ours = np.array([one for some in found for one in some["comment_share"].to_pylist()], np.float64)
    shown = np.array([one for some in found for one in some["visible_share"].to_pylist()], np.float64)
    languages = np.array([one.get("language", "") for one in about])
    theirs = np.array(told["comments"])
    rows: list[Row] = []
    for language in PARSED:
        own = (languages == language) & ~np.isnan(ours)
        if own.any():
            apart = np.abs(ours - theirs)[own]
            rows.append(agreement(f"comments of {language}", apart, (ours < 0.01)[own] == (theirs < 0.01)[own]))
    pages = (languages == "HTML") & (np.array([len(text) for text in texts]) > 0) & (np.array(told["shown"]) > 0)
    if pages.any():
        low = (shown < 0.2)[pages] == (np.array(told["shown"]) < 0.2)[pages]
        rows.append(agreement("shown text of HTML", np.abs(shown - np.array(told["shown"]))[pages], low))
    return rates, rows


def agreement(what: str, apart: np.ndarray, same: np.ndarray) -> Row:
    return {
        "share": what,
        "files": len(apart),
        "mean difference": float(apart.mean()),
        "within 0.05": float((apart <= 0.05).mean()),
        "same side of the bound": float(same.mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    chunks = chunks_of((str(options.archives.absolute()),), Path("/"))
    texts = [t for chunk in chunks for t in chunk.batch.column("text").to_pylist() if 200 < len(t) < 8000]
    with tempfile.TemporaryDirectory() as scratch:
        make_repository(Path(scratch) / "many", texts, options.files)
        read = reading(Path(scratch) / "many", options.peers)
    rates, near = judging(chunks, options.peers)
    tables = {"reading": read, "rules": rates, "agreement": near}
    for rows in tables.values():
        print(f"\n{table(rows)}" if rows else "", flush=True)
    options.results.mkdir(exist_ok=True)
    result = {"name": "source_code", "date": datetime.now(UTC).date().isoformat(), "machine": machine(), **tables}
    (options.results / "source_code.json").write_text(json.dumps(result, indent=1) + "\n")


def table(rows: list[Row]) -> str:
    """Rows as a Markdown table; a column for every key."""
    keys = list(rows[0])
    lines = ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
    for row in rows:
        shown = (f"{value:.3g}" if isinstance(value, float) else str(value) for value in row.values())
        lines.append("| " + " | ".join(shown) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

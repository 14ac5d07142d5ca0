"""Runs `gristmill build` as a user does, in this process or in one of its own, and says what the user saw."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from gristmill.cli import main

JSONL = "jsonl: {paths: [in.jsonl]}"


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one sentence of an error; an assertion that it is one, and no trace."""
        assert "Traceback" not in self.err + self.out, self.err
        found = [line for line in self.err.splitlines() if line.startswith("error: ")]
        assert len(found) == 1, self.err
        return found[0].removeprefix("error: ")


def write_recipe(folder: Path, *inputs: str, steps: str = "[]", outputs: str = "[parquet]", rest: str = "") -> Path:
    """A recipe called `x` in the folder."""
    path = folder / "recipe.yaml"
    listed = "".join(f"  - {one}\n" for one in inputs)
    path.write_text(f"name: x\ninputs:\n{listed}steps: {steps}\noutputs: {outputs}\n{rest}\n", "utf-8")
    return path


def build(recipe: Path, *args: str, workers: int = 1) -> Said:
    """`gristmill build RECIPE` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["build", str(recipe), "-w", str(workers), *args])
    return Said(code, out.getvalue(), err.getvalue())


def build_of(folder: Path, *inputs: str, workers: int = 1, **recipe: str) -> Said:
    """Write a recipe and build it."""
    return build(write_recipe(folder, *inputs, **recipe), workers=workers)


def command(recipe: Path, *args: str, workers: int = 2) -> list[str]:
    """The same as a command line."""
    return [sys.executable, "-m", "gristmill", "build", str(recipe), "-w", str(workers), *args]


def started(recipe: Path, *args: str, workers: int = 2) -> subprocess.Popen[str]:
    """`gristmill build RECIPE` as a process of its own."""
    return subprocess.Popen(
        command(recipe, *args, workers=workers), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def manifest(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return content


def built(folder: Path) -> Path:
    """The build folder of a recipe that names none."""
    return folder / "builds" / "x"


def counts(build: Path) -> dict[str, int]:
    """What was read and what became of it; an assertion that the books balance, and that the ledger agrees."""
    found: dict[str, int] = manifest(build)["counts"]
    assert found["read"] == sum(found[fate] for fate in ("kept", "dropped", "merged", "quarantined"))
    assert len(ledger(build)) == found["read"]
    return found


def ledger(build: Path, columns: str = "source, position, fate, step, error") -> list[tuple[Any, ...]]:
    """Rows of the ledger in the order of sources."""
    query = f"SELECT {columns} FROM read_parquet('{build}/ledger/records/*.parquet') ORDER BY source, position"
    return duckdb.sql(query).fetchall()


def errors(build: Path) -> list[str]:
    """Why records are in quarantine."""
    return [error for (error,) in ledger(build, "error") if error is not None]


def texts(build: Path) -> list[str]:
    """The texts that stayed, sorted."""
    query = f"SELECT text FROM read_parquet('{build}/data/*.parquet') ORDER BY text"
    return [text for (text,) in duckdb.sql(query).fetchall()] if list((build / "data").glob("*.parquet")) else []


def below(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that they did."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in map(int, children):
        yield child
        yield from below(child)


def memory_kb(pid: int) -> int:
    """Proportional set size of a process and all below it: memory that they share counts once."""
    total = 0
    for one in (pid, *below(pid)):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total


def is_root() -> bool:
    return os.geteuid() == 0

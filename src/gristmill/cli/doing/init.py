"""`gristmill init`: a first recipe for what is in a folder."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import terminal
from gristmill.cli.figures import several
from gristmill.contracts import catalog
from gristmill.errors import InputError, OutputError
from gristmill.recipe.draft import draft
from gristmill.recipe.load import loads
from gristmill.recipe.peek import peek


def init(folder: Path, out: str, force: bool) -> None:
    """Write a commented recipe for what is in FOLDER (here unless given)."""
    if not folder.is_dir():
        raise InputError(str(folder), "there is no such folder")
    if Path(out).name != out:
        raise click.UsageError(f"--out is a file name inside the folder, and {out!r} is a path")
    target = folder / out
    found = peek(folder)
    if not found:
        raise InputError(str(folder), f"nothing here can be read; inputs end in {', '.join(_endings())}")
    text = draft(found, folder.resolve(), out)
    loads(text, out, folder)
    try:
        with target.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise OutputError(
            f"{target} is there already: name another with --out, or write over it with --force"
        ) from error
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror}") from error
    for one in found:
        columns = "".join(f", {meaning} in {column!r}" for meaning, column in one.columns.items())
        terminal.say(f"{one.reader}: {several(one.files, 'file')}{columns}")
    terminal.say(f"wrote {target}; next: gristmill check {target}")


def _endings() -> list[str]:
    """How files end that can be read; the plain ending alone where they may be compressed, or have longer names."""
    known = {end for name in catalog.names("readers") for end in catalog.reader(name).suffixes}
    plain = {end for end in known if end[: end.rfind(".")] not in known}
    return sorted(end for end in plain if not any(end != other and end.endswith(other) for other in plain))

"""The folder of a trained model: its file, and its card for programs and for people."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from gristmill.build.store import write_whole
from gristmill.engine.files import unfinished
from gristmill.errors import OutputError


def may_write(to: Path, name: str, force: bool) -> None:
    """OutputError where something else than a model of this name is there, or nothing may be written over."""
    if to.exists() and not (force and (to / name).is_file()):
        hint = "name another with --to" + ("" if force else ", or write over it with --force")
        raise OutputError(f"{to} is there already: {hint}")


def write_trained(to: Path, name: str, model: bytes, card: Mapping[str, Any], shown: str) -> None:
    """The folder, whole or not at all. `shown` is the card as Markdown."""
    scratch = unfinished(to)
    try:
        write_whole(scratch / name, model)
        write_whole(scratch / "card.json", orjson.dumps(card, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
        write_whole(scratch / "card.md", shown.encode())
        if to.exists():
            shutil.rmtree(to)
        scratch.replace(to)
    except OSError as error:
        raise OutputError(f"{to} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

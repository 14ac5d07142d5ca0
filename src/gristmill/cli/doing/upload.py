"""`gristmill upload`: a finished build copied to an object store."""

from __future__ import annotations

from pathlib import Path

from gristmill.build.finished import Finished
from gristmill.build.upload import upload as uploaded
from gristmill.cli import terminal
from gristmill.cli._interrupts import heard
from gristmill.cli.figures import several, size


def upload(build: Path, url: str) -> None:
    """Copy a finished BUILD to URL: s3://bucket/folder, gs://..., or any other that fsspec writes to."""
    with Finished(build) as finished, heard():
        done = uploaded(finished, url, lambda name, length: terminal.say(f"  {name} ({size(length)})"))
    there = f"; {several(done.there, 'file')} were there" if done.there else ""
    terminal.say(f"{several(done.sent, 'file')} ({size(done.bytes)}) sent to {url}{there}")

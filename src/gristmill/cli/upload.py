"""`gristmill upload`: a finished build copied to an object store."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.build.finished import Finished
from gristmill.build.upload import upload as uploaded
from gristmill.cli import terminal
from gristmill.cli._interrupts import heard
from gristmill.cli.figures import several, size


@click.command()
@click.argument("build", type=click.Path(path_type=Path))
@click.argument("url")
def upload(build: Path, url: str) -> None:
    """Copy a finished BUILD to URL: s3://bucket/folder, gs://..., or any other that fsspec writes to.

    What is there already with the same content is not sent again, so the same command goes on where one was stopped.
    The manifest comes last: a copy that has one is whole. Credentials are those of the machine.
    """
    with Finished(build) as finished, heard():
        done = uploaded(finished, url, lambda name, length: terminal.say(f"  {name} ({size(length)})"))
    there = f"; {several(done.there, 'file')} were there" if done.there else ""
    terminal.say(f"{several(done.sent, 'file')} ({size(done.bytes)}) sent to {url}{there}")

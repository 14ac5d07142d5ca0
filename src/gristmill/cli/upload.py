"""`gristmill upload`: a finished build copied to an object store."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("build", type=click.Path(path_type=Path))
@click.argument("url")
def upload(**given: object) -> None:
    """Copy a finished BUILD to URL: s3://bucket/folder, gs://..., or any other that fsspec writes to.

    What is there already with the same content is not sent again, so the same command goes on where one was stopped.
    The manifest comes last: a copy that has one is whole. Credentials are those of the machine.
    """
    do("upload", given)

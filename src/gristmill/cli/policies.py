"""`gristmill policies`: sites' robots.txt and the like as one file, for the step `consent`."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("sources", nargs=-1, required=True)
@click.option("--to", "to", required=True, type=click.Path(path_type=Path), help="The file to write.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def policies(**given: object) -> None:
    """Pick robots.txt, /.well-known/tdmrep.json and ai.txt out of SOURCES: files, folders or globs.

    Web archives (Common Crawl keeps robots.txt in archives of its own), or JSON Lines with the fields url, text and, if
    it is known, time. Of two for one host the newer counts. Of responses with another status than
    200, a robots.txt with 5xx is noted as unreachable; others say nothing.
    """
    do("policies", given)

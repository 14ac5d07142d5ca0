"""`gristmill find-pages`: what an index of web archives has, and indexes of archives that have none."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("find-pages")
@click.argument("sources", nargs=-1)
@click.option("--crawl", multiple=True, help="A crawl of Common Crawl, whose index is looked up: CC-MAIN-2025-05.")
@click.option("--host", multiple=True, help="Take pages of this host and its subdomains.")
@click.option("--url", multiple=True, help="Take pages whose url begins so.")
@click.option("--mime", multiple=True, help="Take this media type; left out: HTML and plain text.")
@click.option("--status", multiple=True, type=int, help="Take this HTTP status; left out: 200.")
@click.option("--language", multiple=True, help="Take pages in this language, as the index names it.")
@click.option("--since", type=_DAY, help="Take what was fetched on this day or later.")
@click.option("--until", type=_DAY, help="Take what was fetched on this day or earlier.")
@click.option("--service", help="Where the files of Common Crawl are: a url or a folder.")
@click.option("--to", "to", type=click.Path(dir_okay=False, path_type=Path), help="Write the entries, as CDXJ.")
@click.option("--most", default=1_000_000, show_default=True, type=click.IntRange(1), help="Stop at more pages.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def find_pages(**given: object) -> None:
    """Show how many pages SOURCES have of what is asked for, and how much they weigh, before anything is fetched.

    \b
    gristmill find-pages 'warcs/*.warc.gz' --to pages.cdxj                # make an index of archives
    gristmill find-pages pages.cdxj --host example.org                    # look one up
    gristmill find-pages --crawl CC-MAIN-2025-05 --host example.org --to example.cdxj

    SOURCES are indexes (.cdxj, .cdx, cluster.idx) or web archives. With --to the entries are written, sorted, for the
    input `cdx`; the last line says how.
    """
    do("find_pages", given)

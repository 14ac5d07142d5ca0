"""Tables and notes on standard output: drawn on a terminal, plain aligned text anywhere else.

What draws is imported where there is a terminal, for it takes 15 ms.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

import click

from gristmill.cli import printable


def say(text: str = "") -> None:
    """A line."""
    click.echo(printable(text))


def heading(text: str) -> None:
    """A line that opens a section."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.text import Text

        Console().print(Text(f"\n{printable(text)}", style="bold"))
    else:
        click.echo(f"\n{printable(text)}")


def warn(text: str) -> None:
    """A warning, on standard error."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.text import Text

        Console(stderr=True).print(Text.assemble(("warning: ", "yellow"), printable(text)), soft_wrap=True)
    else:
        click.echo(f"warning: {printable(text)}", err=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str] = ()) -> None:
    """Rows under their columns; those named in `right` are figures and end flush."""
    shown = [[printable(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for column in columns:
            drawn.add_column(column, justify="right" if column in right else "left", overflow="fold")
        for row in shown:
            drawn.add_row(*(Text(cell) for cell in row))
        Console().print(drawn)
    else:
        click.echo("\n".join(_plain(columns, shown, right)))


def _plain(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str]) -> list[str]:
    widths = [max(len(cell) for cell in cells) for cells in zip(columns, *rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        ).rstrip()
        for row in (columns, *rows)
    ]

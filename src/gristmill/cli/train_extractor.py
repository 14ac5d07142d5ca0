"""`gristmill train-extractor`: a model for the step `extract`, with its card, from pages whose main text is known."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command("train-extractor")
@click.argument("pages", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", "to", required=True, type=click.Path(path_type=Path), help="The folder to make.")
@click.option("--force", is_flag=True, help="Write over a folder that an earlier training made.")
@click.option("--licence", default="not stated", help="What the card says of the licence of the data.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Of all.")
@click.option("--trees", default=160, show_default=True, type=click.IntRange(1, 2000), help="First stage.")
@click.option("--second-trees", default=100, show_default=True, type=click.IntRange(1, 2000), help="Second.")
@click.option("--leaves", default=31, show_default=True, type=click.IntRange(2, 255), help="Of a tree.")
@click.option("--rate", default=0.1, show_default=True, type=click.FloatRange(1e-3, 1), help="Of learning.")
@click.option(
    "--dropout",
    default=0.1,
    show_default=True,
    type=click.FloatRange(0, 0.9),
    help="Share of pages trained on as if no class and no word were known.",
)
@click.option(
    "--workers", "-w", default=2, show_default=True, type=click.IntRange(1), help="Processes that read pages."
)
def train_extractor(**given: object) -> None:
    """Train a model of main content, measure it on sites not trained on, and write it with its card.

    \b
    gristmill train-extractor wcxb/dev --to extractor

    PAGES has `html/NAME.html` (or `.html.gz`) and `ground-truth/NAME.json` with `{"url": ..., "ground_truth":
    {"main_content": ...}}`, as the benchmark WCXB has. Needs the extra train-extractor. The same pages and options give
    the same bytes on one machine. The model holds numbers, no text.
    """
    do("train_extractor", given)

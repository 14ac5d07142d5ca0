"""`gristmill train-classifier`: a model for the step `classifier`, with its card, from labelled texts."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command("train-classifier")
@click.argument("sources", nargs=-1)
@click.option("--positive", "-p", multiple=True, help="Files, a folder or a glob of good texts; may be repeated.")
@click.option("--negative", "-n", multiple=True, help="The same of bad ones.")
@click.option("--label", "-l", "named", multiple=True, metavar="NAME=GLOB", help="Texts of any other label.")
@click.option("--label-from", metavar="FIELD", help="Of SOURCES: the field of a record that holds its label.")
@click.option("--text", "column", default="text", show_default=True, help="The field that holds the text.")
@click.option("--to", "to", required=True, type=click.Path(path_type=Path), help="The folder to make.")
@click.option("--force", is_flag=True, help="Write over a folder that an earlier training made.")
@click.option("--licence", default="not stated", help="What the card says of the licence of the data.")
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0, 2**63 - 1), help="Of order, split and sample."
)
@click.option(
    "--epochs", default=5, show_default=True, type=click.IntRange(1, 100), help="Times that each text is seen."
)
@click.option("--rate", default=0.1, show_default=True, type=click.FloatRange(1e-4, 10), help="Of AdaGrad.")
@click.option("--bits", default=18, show_default=True, type=click.IntRange(10, 24), help="2^BITS hashed features.")
@click.option(
    "--characters",
    default=(3, 5),
    show_default=True,
    type=(click.IntRange(1, 5),) * 2,
    help="Shortest and longest n-gram.",
)
@click.option("--words", default=2, show_default=True, type=click.IntRange(1, 3), help="Longest run of words.")
@click.option("--text-bytes", default=8192, show_default=True, type=click.IntRange(64, 1 << 20), help="Read of a text.")
@click.option("--most-mb", default=128, show_default=True, type=click.IntRange(1, 1 << 16), help="Sampled a label.")
def train_classifier(**given: object) -> None:
    """Train a classifier of texts, calibrate it, measure it on texts held out, and write it with its card.

    \b
    gristmill train-classifier --positive 'good/*.jsonl' --negative 'crawl/*.parquet' --to quality
    gristmill train-classifier --label prose=prose/ --label code=code/ --label lists=lists/ --to kinds
    gristmill train-classifier labelled.parquet --label-from grade --to grades

    Of more than --most-mb of texts of a label those of the lowest hashes are taken. Near-copies stay on one side of the
    split. The same texts and options give the same bytes. The model holds weights, no text.
    """
    do("train_classifier", given)

"""`gristmill calibrate-tagger`: what the scores of a tagger of names are worth, for `redact_personal_data`."""

from __future__ import annotations

import click

from gristmill.cli import do


@click.command("calibrate-tagger")
@click.argument("model")
@click.argument("sources", nargs=-1, required=True)
@click.option("--text", "column", default="text", show_default=True, help="The field that holds the text.")
@click.option("--spans", default="spans", show_default=True, help="The field that holds the labelled spans.")
@click.option("--group", metavar="FIELD", help="Texts of one value of this field stay in one fold, as of one template.")
@click.option("--licence", default="not stated", help="What the card says of the licence of the data.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Of the folds.")
@click.option("--force", is_flag=True, help="Write over a calibration that is there.")
def calibrate_tagger(**given: object) -> None:
    """Learn from labelled texts how often finds of the tagger MODEL of a score are right, and keep it beside the model.

    \b
    gristmill calibrate-tagger model.onnx labelled.jsonl

    Each record has a text and a list of spans, all names, addresses and organisations of some kind that are in it:
    {"start": 4, "end": 12, "label": "PERSON"}, in characters. A find is right where it overlaps a label of its kind.
    Kinds without labels, or with few finds, keep their scores. From then on min_tag_score is the least chance of being
    right. The file MODEL.calibration.json holds two numbers a kind, and its card: the data, and the mean distance
    between score and share that was right (ECE), before and after, by folds that the lines were not fitted on. The same
    texts and options give the same bytes.
    """
    do("calibrate_tagger", given)

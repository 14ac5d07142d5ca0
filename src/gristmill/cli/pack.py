"""`gristmill pack`: benchmarks as a pack of hashes, for the step `decontaminate`."""

from __future__ import annotations

from pathlib import Path

import click

from gristmill.cli import do


@click.command()
@click.argument("benchmarks", type=click.Path(path_type=Path))
@click.option("--to", "to", required=True, type=click.Path(path_type=Path), help="The pack's file.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def pack(**given: object) -> None:
    """Make a pack of the BENCHMARKS that a YAML file names: hashes of their n-grams and ids of their items, no text.

    \b
    benchmarks:
      gsm8k: {files: gsm8k/test.jsonl, question: question, answer: answer, answer_after: "####"}
      mmlu: {files: mmlu/*.csv, question: question, choices: [A, B, C, D], answer: answer, answer_is: letter}
    common_in:            # n-grams in more than 10 of these records are passed over; may be left out
      - jsonl: corpus/*.jsonl
    """
    do("pack", given)

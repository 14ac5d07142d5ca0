"""What Data-Juicer's converters and distilabel's formatters make of rows: JSON from the input, JSON to the output.

Needs py-data-juicer (its converters need fire, jsonlines, loguru and tqdm besides) and distilabel (with requests, which
it imports and does not ask for). Of a distilabel step only the columns that it says it gives are taken.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Any

from distilabel.steps import (
    FormatChatGenerationDPO,
    FormatChatGenerationSFT,
    FormatTextGenerationDPO,
    FormatTextGenerationSFT,
)
from tools.fmt_conversion.post_tuning_dialog.source_format_to_data_juicer_format.alpaca_to_dj import alpaca_to_dj
from tools.fmt_conversion.post_tuning_dialog.source_format_to_data_juicer_format.llama_factory_sharegpt_to_dj import (
    llama_factory_sharegpt_to_dj,
)

Row = dict[str, Any]


def data_juicer(form: str, row: Row) -> Row:
    if form == "alpaca":
        return alpaca_to_dj(row)
    if form == "messages":
        return llama_factory_sharegpt_to_dj(row, "messages", "role", "content")
    if form == "sharegpt":
        return llama_factory_sharegpt_to_dj(row, "conversations", "from", "value")
    raise LookupError("no converter")


def distilabel(form: str, row: Row) -> Row:
    """By the columns that its steps ask for; what a row has under another name is renamed, as a user would do."""
    if form == "alpaca":
        return given_by(
            FormatTextGenerationSFT, {**row, "system_prompt": row.get("system"), "generation": row["output"]}
        )
    if form == "messages":
        *before, last = row["messages"]
        return given_by(FormatChatGenerationSFT, {**row, "messages": before, "generation": last["content"]})
    if form == "sharegpt":
        roles = {"human": "user", "gpt": "assistant", "system": "system"}
        *before, last = row["conversations"]
        messages = [{"role": roles[one["from"]], "content": one["value"]} for one in before]
        return given_by(FormatChatGenerationSFT, {**row, "messages": messages, "generation": last["value"]})
    if form == "ultrafeedback":
        one = row["completions"]
        columns = {"generations": "response", "ratings": "overall_score", "generation_models": "model"}
        lists = {name: [each[key] for each in one] for name, key in columns.items()}
        return given_by(FormatTextGenerationDPO, {**row, **lists})
    if form == "pair":
        last = {"generations": [row["chosen"][-1]["content"], row["rejected"][-1]["content"]]}
        ratings = [row.get("score_chosen", 1), row.get("score_rejected", 0)]
        return given_by(FormatChatGenerationDPO, {**row, **last, "messages": row["chosen"][:-1], "ratings": ratings})
    raise LookupError("no formatter")


def given_by(step: type, row: Row) -> Row:
    made = loaded(step)
    (out,) = next(made.process([row]))
    return {name: out[name] for name in made.outputs if name in out}


@cache
def loaded(step: type) -> Any:
    made = step(name="step")
    made.load()
    return made


def answers(convert: Callable[[str, Row], Row], sets: list[tuple[str, Row]]) -> list[Row | str]:
    found: list[Row | str] = []
    for form, row in sets:
        try:
            found.append(convert(form, copy.deepcopy(row)))
        except LookupError as error:
            found.append(str(error) if "no " in str(error) else f"refused: {error}")
        except Exception as error:  # noqa: BLE001 - whatever they raise is a refusal
            found.append(f"refused: {type(error).__name__}: {error}")
    return found


sets = json.load(sys.stdin)
told = {
    "Data-Juicer": answers(data_juicer, sets),
    "distilabel": answers(distilabel, sets),
    "versions": {name: version(name) for name in ("py-data-juicer", "distilabel")},
}
json.dump(told, sys.stdout)

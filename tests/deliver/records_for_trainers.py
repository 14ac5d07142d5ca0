"""A few records of each kind, as a sink is given them."""

from __future__ import annotations

import copy
from typing import Any

import pyarrow as pa

from gristmill.records.kinds import COLUMNS, Kind
from gristmill.records.turns import taken_apart

ANSWERS = ["It is Paris.", "Hello!", "I am well, thank you.", "The mill grinds corn."]


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def talks(number: int = 24) -> list[dict[str, Any]]:
    """Conversations of one to three exchanges."""
    made = []
    for index in range(number):
        messages: list[dict[str, Any]] = [{"role": "system", "content": "Be brief."}] if index % 3 == 0 else []
        for turn in range(index % 3 + 1):
            messages += [user(f"Question {index} {turn}?"), assistant(ANSWERS[(index + turn) % 4])]
        made.append({"messages": messages})
    return made


def pairs(number: int = 24) -> list[dict[str, Any]]:
    return [
        {
            "prompt": [user(f"Question {index}?")],
            "completions": [
                {"messages": [assistant(ANSWERS[index % 4])], "rank": 0},
                {"messages": [assistant("No.")], "rank": 1},
            ],
        }
        for index in range(number)
    ]


def labelled(number: int = 24) -> list[dict[str, Any]]:
    return [
        {
            "prompt": [user(f"Question {index}?")],
            "completions": [{"messages": [assistant(ANSWERS[index % 4])], "label": index % 2 == 0}],
        }
        for index in range(number)
    ]


def batch(kind: Kind, contents: list[dict[str, Any]]) -> pa.RecordBatch:
    """The contents in the columns of the pipeline."""
    rows = []
    for index, content in enumerate(contents):
        apart = taken_apart(kind, copy.deepcopy(content))
        name = f"r{index}"
        rows.append(
            {
                "rid": f"{index:032x}", "id": name, "source": "s", "position": index,
                "text": apart.text, "content": apart.content, "roles": apart.roles,
            }
        )  # fmt: skip
    return pa.RecordBatch.from_pylist(rows, COLUMNS[kind])


def documents(texts: list[str]) -> pa.RecordBatch:
    rows = [
        {"rid": f"{index:032x}", "id": f"r{index}", "source": "s", "position": index, "text": text}
        for index, text in enumerate(texts)
    ]
    return pa.RecordBatch.from_pylist(rows, COLUMNS["document"])

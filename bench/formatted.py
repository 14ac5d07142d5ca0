"""Which facts of a row are there when it has been read, beside Data-Juicer's converters and distilabel's formatters.

    python bench/formatted.py --peers PYTHON [--alpaca FILE...] [--pairs FILE.jsonl.gz]

A row below has facts that stand nowhere else in it (a name, a rating, a field of the user's). One is kept where it is
in what a reading gives: with us the record and its metadata, with Data-Juicer its query and response form, with
distilabel the columns that a formatter says it gives (the columns of the row stay beside them, as they were). The files
are counted by row: whole where every text and number of it is there. PYTHON has both peers
(bench/peers/formatted_rows.py says what they need).
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import BENCH

from gristmill.records.formats import UnreadableRowError, read_any

Row = dict[str, Any]
Facts = dict[str, str | float]

TURNS = [{"role": "user", "content": "q-one"}, {"role": "assistant", "content": "a-one"}]
CALL = {"id": "call-7", "type": "function", "function": {"name": "weigh-it", "arguments": '{"sack": "sack-9"}'}}
TOOL = {"type": "function", "function": {"name": "weigh-it", "description": "weighs-a-sack", "parameters": {}}}


def completion(text: str, model: str, rating: float, why: str) -> Row:
    return {"response": text, "model": model, "overall_score": rating, "critique": why, "annotations": {}}


ROWS: dict[str, tuple[str, Row, Facts]] = {
    "several turns, system, names, a user's field": (
        "messages",
        {
            "messages": [
                {"role": "system", "content": "s-one"},
                {"role": "user", "content": "q-one", "name": "n-one"},
                {"role": "assistant", "content": "a-one"},
                {"role": "user", "content": "q-two"},
                {"role": "assistant", "content": "a-two"},
            ],
            "topic": "t-one",
        },
        {"system": "s-one", "questions": "q-two", "answers": "a-two", "name": "n-one", "metadata": "t-one"},
    ),
    "tools": (
        "messages",
        {
            "messages": [
                TURNS[0],
                {"role": "assistant", "content": None, "tool_calls": [CALL]},
                {"role": "tool", "content": "r-one", "tool_call_id": "call-7"},
                TURNS[1],
            ],
            "tools": [TOOL],
        },
        {"call": "call-7", "arguments": "sack-9", "result": "r-one", "definition": "weighs-a-sack", "answer": "a-one"},
    ),
    "reasoning and weights": (
        "messages",
        {"messages": [TURNS[0], {**TURNS[1], "reasoning_content": "think-1", "weight": 0.125}]},
        {"answer": "a-one", "reasoning": "think-1", "weight": 0.125},
    ),
    "a picture": (
        "messages",
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "q-one"},
                        {"type": "image_url", "image_url": {"url": "https://mill.example/p-one.png"}},
                    ],
                },
                TURNS[1],
            ]
        },
        {"question": "q-one", "picture": "https://mill.example/p-one.png", "answer": "a-one"},
    ),
    "Alpaca with input, history, system": (
        "alpaca",
        {
            "instruction": "q-two",
            "input": "i-two",
            "output": "a-two",
            "history": [["q-one", "a-one"]],
            "system": "s-one",
        },
        {"question": "q-two", "input": "i-two", "history": "a-one", "system": "s-one", "answer": "a-two"},
    ),
    "ShareGPT with an id": (
        "sharegpt",
        {
            "id": "id-one",
            "conversations": [{"from": "human", "value": "q-one"}, {"from": "gpt", "value": "a-one"}],
            "lang": "l-one",
        },
        {"question": "q-one", "answer": "a-one", "id": "id-one", "metadata": "l-one"},
    ),
    "four rated completions": (
        "ultrafeedback",
        {
            "source": "src-one",
            "instruction": "q-one",
            "models": ["m-one", "m-two", "m-three", "m-four"],
            "completions": [
                completion("a-one", "m-one", 8.125, "w-one"),
                completion("a-two", "m-two", 7.125, "w-two"),
                completion("a-three", "m-three", 6.125, "w-three"),
                completion("a-four", "m-four", 5.125, "w-four"),
            ],
        },
        {
            "best": "a-one",
            "worst": "a-four",
            "those between": "a-two",
            "best rating": 8.125,
            "ratings between": 7.125,
            "model": "m-one",
            "critique": "w-one",
            "metadata": "src-one",
        },
    ),
    "a pair with scores": (
        "pair",
        {
            "prompt": "q-one",
            "chosen": [{"role": "system", "content": "s-one"}, *TURNS],
            "rejected": [{"role": "system", "content": "s-one"}, TURNS[0], {"role": "assistant", "content": "a-two"}],
            "score_chosen": 8.125,
            "score_rejected": 2.125,
            "topic": "t-one",
        },
        {"system": "s-one", "chosen": "a-one", "rejected": "a-two", "scores": 8.125, "metadata": "t-one"},
    ),
    "a labelled completion (KTO)": (
        "labelled",
        {"prompt": "q-one", "completion": "a-one", "label": True, "rater": "j-one"},
        {"question": "q-one", "answer": "a-one", "label": "true", "metadata": "j-one"},
    ),
}


def ours(row: Row) -> Row | str:
    try:
        _, reading = read_any(row)
    except UnreadableRowError as error:
        return f"refused: {error}"
    return {"content": reading.content, "metadata": reading.metadata, "id": reading.id}


def leaves(value: Any) -> Iterator[str]:
    """Texts and numbers, each as JSON; arguments of calls are JSON in a text, and are looked into."""
    if isinstance(value, dict):
        for own in value.values():
            yield from leaves(own)
    elif isinstance(value, list):
        for own in value:
            yield from leaves(own)
    elif value not in (None, ""):
        yield value if isinstance(value, str) else json.dumps(value)


def stands(fact: str | float, read: Row) -> bool:
    wanted = fact if isinstance(fact, str) else json.dumps(fact)
    return any(wanted in leaf for leaf in leaves(read))


def cell(facts: Facts, read: Row | str) -> str:
    if isinstance(read, str):
        return read
    lost = [name for name, fact in facts.items() if not stands(fact, read)]
    return f"loses {', '.join(lost)}" if lost else "all"


def whole(row: Row, read: Row | str) -> bool:
    """Whether every text and number of a row stands in what was read, turns that were cut out of one text included."""
    if isinstance(read, str):
        return False
    said = "\n".join(leaves(read))
    parts = [one for leaf in leaves(row) for one in leaf.replace("\n\nAssistant:", "\n\nHuman:").split("\n\nHuman:")]
    return all(part.strip() in said for part in parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", required=True)
    parser.add_argument("--alpaca", nargs="*", type=Path, default=[])
    parser.add_argument("--pairs", type=Path)
    asked = parser.parse_args()
    alpaca = [row for file in asked.alpaca for row in json.loads(file.read_text("utf-8-sig"))]
    pairs = [json.loads(line) for line in gzip.decompress(asked.pairs.read_bytes()).splitlines()] if asked.pairs else []
    given = [(form, row) for form, row, _ in ROWS.values()]
    given += [("alpaca", row) for row in alpaca] + [("text pair", row) for row in pairs]
    peer = subprocess.run(
        [asked.peers, str(BENCH / "peers" / "formatted_rows.py")],
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(peer.stdout)
    told["Gristmill"] = [ours(row) for _, row in given]
    systems = ("Gristmill", "Data-Juicer", "distilabel")
    print(told["versions"])
    print("| row | Gristmill | Data-Juicer | distilabel |\n|---|---|---|---|")
    for number, (name, (_, _, facts)) in enumerate(ROWS.items()):
        print(f"| {name} | " + " | ".join(cell(facts, told[system][number]) for system in systems) + " |")
    start = len(ROWS)
    for name, rows in (("Alpaca", alpaca), ("hh-rlhf", pairs)):
        counts = [
            sum(whole(row, read) for row, read in zip(rows, told[system][start : start + len(rows)], strict=True))
            for system in systems
        ]
        if rows:
            print(f"| {name}, {len(rows):,} rows: whole | " + " | ".join(f"{count:,}" for count in counts) + " |")
        start += len(rows)


if __name__ == "__main__":
    main()

"""Rows read and written again in their own format: what comes back of them, ours beside Data-Juicer's converters.

    python bench/converters.py ALPACA.json... --peers PYTHON

The rows are those of the Alpaca files and small sets that stand below, each with one thing that published data has.
A row counts as kept where it comes back equal (an empty `input` and none are equal), as *told* where the loss is named
or the row is refused, and else as *lost*. PYTHON has py-data-juicer. distilabel makes no rows again of what
it reads: bench/formatted.py looks at what it keeps.
"""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
import time
from pathlib import Path
from typing import Any

from measuring import BENCH

from gristmill.records.formats import UnreadableRowError, UnwritableRecordError, read_any

Rows = list[dict[str, Any]]
USER, ANSWER = {"role": "user", "content": "Weather?"}, {"role": "assistant", "content": "Sunny."}
CALL = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
SYSTEM = {"role": "system", "content": "Be brief."}


def chats(**sets: list[dict[str, Any]]) -> dict[str, tuple[str, Rows]]:
    return {name.replace("_", " "): ("messages", [{"messages": messages}]) for name, messages in sets.items()}


SETS: dict[str, tuple[str, Rows]] = {
    **chats(
        question_and_answer=[USER, ANSWER],
        system_message_first=[SYSTEM, USER, ANSWER],
        two_system_messages=[SYSTEM, USER, ANSWER, SYSTEM, USER, ANSWER],
        a_call_of_a_tool_and_its_result=[
            USER,
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "content": "12", "tool_call_id": "1"},
            ANSWER,
        ],
        reasoning=[USER, {**ANSWER, "reasoning_content": "Look outside."}],
        weights=[USER, {**ANSWER, "weight": 0}],
        two_messages_of_the_user=[USER, USER, ANSWER],
        begins_with_the_assistant=[ANSWER, USER, ANSWER],
        a_developer_message=[{"role": "developer", "content": "Be brief."}, USER, ANSWER],
        an_empty_answer=[USER, {"role": "assistant", "content": ""}],
        an_unknown_role=[USER, {"role": "narrator", "content": "It rained."}],
        no_messages=[],
    ),
    "ShareGPT, function call": (
        "sharegpt",
        [
            {
                "conversations": [
                    {"from": "human", "value": "Weather?"},
                    {"from": "function_call", "value": '{"name":"weather","arguments":{}}'},
                    {"from": "observation", "value": "12"},
                    {"from": "gpt", "value": "Sunny."},
                ]
            }
        ],
    ),
    "ShareGPT, another model": (
        "sharegpt",
        [{"conversations": [{"from": "human", "value": "Hi"}, {"from": "bing", "value": "Hello"}]}],
    ),
    "Alpaca with history": (
        "alpaca",
        [{"instruction": "a", "input": "b", "output": "c", "history": [["d", "e"]], "system": "f"}],
    ),
    "Alpaca, a field that is 0": ("alpaca", [{"instruction": "a", "input": "", "output": "c", "fold": 0}]),
}


def ours(rows: Rows) -> Rows:
    back: Rows = []
    for row in rows:
        try:
            format, reading = read_any(row)
            if format.write is None:
                back.append({"refused": f"{format.name} is not written"})
                continue
            written = format.write(reading.content, reading.metadata, reading.id)
            back.append({"refused": ", ".join(written.lost)} if written.lost else written.row)
        except (UnreadableRowError, UnwritableRecordError) as error:
            back.append({"refused": str(error)})
    return back


def verdict(rows: Rows, back: Rows) -> str:
    kept = sum(same(row, again) for row, again in zip(rows, back, strict=True))
    told = sum("refused" in again for again in back)
    return f"{kept} kept, {told} told, {len(rows) - kept - told} lost"


def same(row: dict[str, Any], again: dict[str, Any]) -> bool:
    return {**row, "input": row.get("input") or ""} == {**again, "input": again.get("input") or ""}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("files", nargs="*", type=Path)
    arguments.add_argument("--peers", required=True, help="a Python that has py-data-juicer")
    chosen = arguments.parse_args()
    sets = dict(SETS)
    if chosen.files:
        rows = [row for file in chosen.files for row in json.loads(file.read_text(encoding="utf-8-sig"))]
        sets["Alpaca files"] = ("alpaca", rows)
    peer = subprocess.run(
        [chosen.peers, str(BENCH / "peers" / "data_juicer_converters.py")],
        input=json.dumps(sets),
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(peer.stdout)
    print("| rows | Gristmill | Data-Juicer |\n|---|---|---|")
    for name, (_, rows) in sets.items():
        begin = time.process_time()
        back = ours(copy.deepcopy(rows))
        seconds = time.process_time() - begin
        print(f"| {name} | {verdict(rows, back)} | {verdict(rows, theirs[name]['rows'])} |")
    print(f"\nLast set, read and written: {seconds:.2f} s and {theirs[name]['seconds']:.2f} s of the processor.")


if __name__ == "__main__":
    main()

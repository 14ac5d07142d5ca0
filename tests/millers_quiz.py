"""A small benchmark of our own, in the kinds of file that benchmarks come in, and a pack of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from gristmill.decontaminate._benchmark import Benchmark
from gristmill.decontaminate._packing import make_pack
from gristmill.decontaminate._words import Wording

QUIZ = [
    {
        "question": "A miller grinds 14 sacks of rye every morning and twice as many sacks of wheat after lunch. "
        "He sells nine of them to the baker in the next village. How many sacks does he carry up to the loft "
        "in the evening?",
        "answer": "He grinds 14 + 28 = 42 sacks a day. He keeps 42 - 9 = 33 of them.\n#### 33",
    },
    {
        "question": "The river by the old mill rises four inches an hour whenever it rains in the hills above the "
        "weir. After how many hours of rain does it reach the lowest of the painted marks, eighteen inches up?",
        "answer": "It takes 18 / 4 = 4.5 hours.\n#### 4.5",
    },
    {
        "question": "Which wooden part of a windmill turns the sails to the wind without the miller lifting a finger?",
        "answer": "#### The fantail",
    },
    {"question": "Who laid the first millstone of Blackwater?", "answer": "#### Agnes Thorne"},
]
TEST = [
    ("What drives the stones of a tide mill once the sluice gates have been closed at high water?",
     ("the falling tide", "a team of oxen", "wind over the estuary", "steam from a boiler"), 0),
    ("Why did millers dress their stones again after some hundred hours of grinding corn for the village?",
     ("the furrows had worn flat", "the law asked for it", "moss grew on them", "the grain was wet"), 0),
]  # fmt: skip
FORM = "Read the two statements below with care and say which of them a careful reader would call plainly untrue."

CLEAN = [
    "The weather in the valley was fine all week, and nobody thought of work until the feast was over and done with.",
    "Which of the following is true? How many are there? He sells them every morning and twice as many after lunch.",
    "",
    None,
    "Short.",
    "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25",
    "日本語のテキストは単語の間に空白を置かない。 ภาษาไทยก็เช่นกัน",
]


def quiz_file(folder: Path) -> Path:
    path = folder / "quiz.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in QUIZ))
    return path


def described(folder: Path) -> dict[str, Benchmark]:
    """Benchmarks as JSON Lines, CSV and BIG-bench's JSON, their files written to the folder."""
    quiz_file(folder)
    with (folder / "mills.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["question", "A", "B", "C", "D", "answer"])
        rows.writerows([question, *choices, "ABCD"[right]] for question, choices, right in TEST)
    examples = [{"input": f"{FORM} Statement {n}: {name}.", "target": "No"} for n, name in enumerate("abcdefghijkl")]
    (folder / "form.json").write_text(json.dumps({"examples": examples}))
    return {
        "quiz": Benchmark(files="quiz.jsonl", question="question", answer="answer", answer_after="####"),
        "mills": Benchmark(
            files="mills.csv", question="question", choices=("A", "B", "C", "D"), answer="answer", answer_is="letter"
        ),
        "form": Benchmark(files="form.json", records="examples", question="input", answer="target"),
    }


def packed(folder: Path, words: tuple[Wording, ...] = ("simplified", "unpunctuated", "lowercase", "exact")) -> Path:
    """A pack of all of them, `quiz.pack` in the folder."""
    make_pack(described(folder), words, (), folder, folder / "quiz.pack")
    return folder / "quiz.pack"

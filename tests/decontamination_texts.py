"""Items of a small benchmark of our own, and texts with parts of them in many dresses, for golden vectors."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from millers_quiz import QUIZ, TEST

DEMO = Path(__file__).parents[1] / "examples" / "demo"

LONG = [
    {
        "question": "Explain to a new hand at the mill why the stones must never be left to run dry.",
        "answer": "Without grain between them the two faces strike one another, the furrows wear away within "
        "minutes, sparks fly into the meal dust, and the whole mill can't be saved once that dust has caught fire.",
    },
    {
        "question": "Write a function that returns how many sacks fill a cart of a given load.",
        "answer": "def sacks(load, sack=50):\n    full = load // sack\n    rest = load % sack\n"
        "    return full + (1 if rest > 0 else 0)  # the last one isn't full",
    },
    {
        "question": "What did the miller's daughter write on the beam above the hopper, by the ledger of 1788?",
        "answer": "She wrote that the flood of that year had come up to the third step, that the wheel had stood for "
        "nineteen days, and that nobody in the village had eaten bread baked from their own corn until St. John's.",
    },
    {"question": "Count on from one.", "answer": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"},
    {
        "question": "Go on:\nthe wheel goes round, the water falls, the miller sleeps within these walls, and",
        "answer": "nobody knows how early he rises,\nor what he thinks of the corn merchant's prices, "
        "when the carts come in from the hills at dawn.",
    },
]  # fmt: skip
ITEMS: list[dict[str, str]] = [
    *({"question": item["question"], "answer": item["answer"]} for item in QUIZ),
    *({"question": question, "answer": choices[right]} for question, choices, right in TEST),
    *LONG,
]
"""Question and right answer; short and long ones, prose, code, numbers."""

Dress = Callable[[dict[str, str], random.Random], str]


def _some_words(text: str, share: float, draw: random.Random) -> str:
    words = text.split()
    many = max(round(len(words) * share), 1)
    at = draw.randrange(len(words) - many + 1)
    return " ".join(words[at : at + many])


def _some_changed(text: str, every: int) -> str:
    return " ".join("other" if k % every == every - 1 else word for k, word in enumerate(text.split(" ")))


DRESSES: dict[str, Dress] = {
    "both": lambda item, draw: f"{item['question']}\n{item['answer']}",
    "both in a line": lambda item, draw: f"{item['question']} {item['answer']}",
    "both apart": lambda item, draw: f"{item['question']}\n\nAnswer: {item['answer']}",
    "question": lambda item, draw: item["question"],
    "answer": lambda item, draw: item["answer"],
    "capitals": lambda item, draw: f"{item['question']} {item['answer']}".upper(),
    "no marks": lambda item, draw: re.sub(r"[^\w\s]", "", f"{item['question']} {item['answer']}"),
    "marks parted": lambda item, draw: re.sub(r"([^\w\s])", r" \1 ", f"{item['question']} {item['answer']}"),
    "in quotes": lambda item, draw: f"\u201c{item['question']}\u201d\u2014\u201c{item['answer']}\u201d",
    "split over lines": lambda item, draw: "\n> ".join(f"{item['question']} {item['answer']}".split()),
    "spaces": lambda item, draw: "  ".join(f"{item['question']}\t{item['answer']}".split(" ")),
    "half": lambda item, draw: _some_words(f"{item['question']} {item['answer']}", 0.5, draw),
    "a third": lambda item, draw: _some_words(f"{item['question']} {item['answer']}", 0.33, draw),
    "each tenth word another": lambda item, draw: _some_changed(f"{item['question']} {item['answer']}", 10),
    "each fourteenth word another": lambda item, draw: _some_changed(f"{item['question']} {item['answer']}", 14),
    "other numbers": lambda item, draw: re.sub(r"\d+", "7", f"{item['question']} {item['answer']}"),
}


@cache
def carriers() -> list[str]:
    """Mail and prose of the demo, some in part."""
    with gzip.open(DEMO / "mail" / "inbox.jsonl.gz", "rt", encoding="utf-8") as file:
        mail = [json.loads(line)["body"] for line in file]
    texts = [text for text in mail if text and len(text) < 3000][:60]
    return texts + [path.read_text(encoding="utf-8")[:3000] for path in sorted((DEMO / "prose").iterdir())]


@cache
def documents() -> list[tuple[str, str]]:
    """The dress and the text: carriers as they are, items by themselves, and items within carriers."""
    draw = random.Random(11)
    found = [("clean", text) for text in carriers()]
    found += [
        ("numbers", f"{text[:200]}\n0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19\n") for text in carriers()[:4]
    ]
    for name, dress in DRESSES.items():
        for k, item in enumerate(ITEMS):
            leak = dress(item, draw)
            if k % 3 == 0:
                found.append((name, leak))
            carrier = carriers()[draw.randrange(len(carriers()))]
            cut = carrier.find("\n", len(carrier) // 2)
            cut = len(carrier) // 2 if cut < 0 else cut
            found.append((name, f"{carrier[:cut]}\n{leak}\n{carrier[cut:]}"))
    return found

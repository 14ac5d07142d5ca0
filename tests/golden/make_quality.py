"""Write quality_PEER.json: what four packages themselves say of the texts of quality_documents.py.

    pip install datatrove==0.10.1 spacy==3.8.18     python tests/golden/make_quality.py datatrove
    pip install nemo-curator==1.4.0                 python tests/golden/make_quality.py nemo
    pip install dolma==1.0.8                        python tests/golden/make_quality.py dolma
    pip install fasttext; clone DCLM (MIT) at c7ed275 and put its root on PYTHONPATH
                                                    python tests/golden/make_quality.py dclm
    pip install uniseg==0.10.1                      python tests/golden/make_quality.py uniseg

Peers are imported by name, so that each can have an environment of its own. Nothing is drawn at random.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from quality_documents import documents  # noqa: E402

Answer = dict[str, Any]


def datatrove(text: str) -> Answer:
    data = importlib.import_module("datatrove.data")
    filters = importlib.import_module("datatrove.pipeline.filters")
    steps = {
        "gopher_quality": filters.GopherQualityFilter(),
        "c4_quality": filters.C4QualityFilter(),
        "c4_quality_fineweb": filters.C4QualityFilter(filter_no_terminal_punct=False),
        "fineweb_quality": filters.FineWebQualityFilter(),
    }
    out: Answer = {}
    for name, step in steps.items():
        document = data.Document(text=text, id="")
        try:
            verdict = step.filter(document)
        except ZeroDivisionError:
            verdict = (False, "division by zero")
        out[name] = None if verdict is True else verdict[1]
        if verdict is True and document.text != text:
            out[f"{name}_text"] = hashlib.sha1(document.text.encode()).hexdigest()
    return out


def nemo(text: str) -> Answer:
    string = importlib.import_module("nemo_curator.stages.text.filters.heuristic.string")
    out: Answer = {}
    for name, step in {
        "words": string.WordCountFilter(),
        "word_length": string.MeanWordLengthFilter(),
        "symbol_ratio": string.SymbolsToWordsFilter(),
        "bullet_line_ratio": string.BulletsFilter(),
        "ellipsis_line_ratio": string.EllipsisFilter(),
        "alphabetic_word_ratio": string.WordsWithoutAlphabetsFilter(),
        "stop_words": string.CommonEnglishWordsFilter(stop_at_false=False),
    }.items():
        try:
            score = step.score_document(text)
        except ZeroDivisionError:
            out[name] = None
        else:
            out[name] = [score, bool(step.keep_document(score))]
    return out


def dolma(text: str) -> Answer:
    gopher = importlib.import_module("dolma.taggers.gopher").get_attributes(text)
    spans = (
        importlib.import_module("dolma.taggers.c4")
        .FasterC4Tagger()
        .predict(importlib.import_module("dolma.core.data_types").Document(source="", id="", text=text))
        .spans
    )
    bad = {(span.start, span.end) for span in spans if span.type.startswith("lines_with")}
    left = text
    for start, end in sorted(bad, reverse=True):
        left = left[:start] + left[end:]
    return {
        "words": gopher.word_count,
        "word_length": gopher.median_word_length,
        "symbol_ratio": gopher.symbol_to_word_ratio,
        "bullet_line_ratio": gopher.fraction_of_lines_starting_with_bullet_point,
        "ellipsis_line_ratio": gopher.fraction_of_lines_ending_with_ellipsis,
        "alphabetic_word_ratio": gopher.fraction_of_words_with_alpha_character,
        "stop_words": gopher.required_word_count,
        **{name: any(span.type == f"has_{name}" for span in spans) for name in C4_FLAGS},
        "c4_quality_text": hashlib.sha1(left.strip().encode()).hexdigest(),
    }


C4_FLAGS = ("curly_brace", "lorem_ipsum", "javascript")

FACTORIES_OF_DCLM = (
    "substring_filter",
    "substring_line_modifier",
    "punctuation_line_modifier",
    "citation_removal_modifier",
    "counter_line_modifier",
)
GOPHER_OF_DCLM: dict[str, tuple[str, Answer]] = {
    "words": ("page_length_filter", {"length_type": "word", "min_length": 50, "max_length": 100000}),
    "word_length": ("word_length_filter", {"min_length": 3, "max_length": 10}),
    "symbol_ratio": ("symbol_ratio_filter", {"max_symbol_to_word_ratio": 0.1}),
    "bullet_line_ratio": ("bullet_count_filter", {"max_bullet_start_ratio": 0.9}),
    "ellipsis_line_ratio": ("ellipsis_count_filter", {"max_ellipsis_end_ratio": 0.3}),
    "alphabetic_word_ratio": ("alphabetic_word_ratio_filter", {"max_ratio": 0.2}),
    "stop_words": ("stop_word_filter", {"count_unique": False, "min_stop_word": 2}),
}
LINES_OF_DCLM: list[tuple[str, Answer]] = [
    ("uppercase_ratio_line_modifier", {"max_ratio": 0.5}),
    ("numeric_ratio_line_modifier", {"max_ratio": 0.999999}),
    ("counter_line_modifier", {}),
    ("line_length_modifier", {"min_length": 2}),
    ("substring_line_modifier", {"max_length": 10, "banlist": "items in cart", "remove_substring_only": True}),
    (
        "substring_line_modifier",
        {"max_length": 10, "banlist": "Read more...", "location": "suffix", "remove_substring_only": True},
    ),
    (
        "substring_line_modifier",
        {"max_length": 10, "banlist": "Sign-in", "location": "prefix", "remove_substring_only": True},
    ),
]
C4_OF_DCLM: list[tuple[str, Answer]] = [
    ("word_length_modifier", {"max_length": 1000, "model": "split"}),
    ("citation_removal_modifier", {}),
    ("punctuation_line_modifier", {"remove_ellipses": True}),
    ("line_length_modifier", {"min_length": 5}),
    ("substring_filter", {"banlist": ["lorem ipsum"]}),
    ("substring_line_modifier", {"banlist": ["javascript"]}),
    ("substring_filter", {"banlist": ["{"]}),
    (
        "substring_line_modifier",
        {
            "banlist": [
                "terms of use",
                "privacy policy",
                "cookie policy",
                "uses cookies",
                "use of cookies",
                "use cookies",
            ]
        },
    ),
]


def dclm_step(name: str) -> Callable[..., Any]:
    filters = importlib.import_module("baselines.mappers.filters.content_filters")
    return getattr(filters, name, None) or getattr(importlib.import_module("baselines.mappers.modifiers"), name)


def through(text: str, steps: list[tuple[str, Answer]]) -> str | None:
    """The text after all the steps; None where one drops it."""
    page = {"text": text}
    for name, options in steps:
        step = dclm_step(name)
        made = step(**options)(page) if name in FACTORIES_OF_DCLM else step(page, **options)
        if not made:
            return None
        page = made[0]
    return page["text"]


def dclm(text: str) -> Answer:
    split = importlib.import_module("baselines.mappers.core_utils").split_words
    out: Answer = {}
    for name, (function, options) in GOPHER_OF_DCLM.items():
        options = {**options, "ignore_punctuation": True} if name == "words" else options
        out[name] = bool(dclm_step(function)({"text": text}, **options))
    before = len(split(text, ignore_punctuation=True))
    left = through(text, LINES_OF_DCLM)
    kept = left is not None and before > 0
    ratio = (before - len(split(left, ignore_punctuation=True))) / before if kept and left is not None else 1.0
    out["removed_ratio"] = ratio
    out["refinedweb_lines"] = ratio <= 0.05
    for name, result in (("refinedweb_lines_text", left), ("c4_quality_text", through(text, C4_OF_DCLM))):
        out[name] = None if result is None else hashlib.sha1(result.encode()).hexdigest()
    return out


def uniseg(text: str) -> Answer:
    cut = importlib.import_module("uniseg.wordbreak").words
    segments = [segment for segment in cut(text) if segment[0].isalnum()]
    return {"count": len(segments), "sha1": hashlib.sha1("\0".join(segments).encode()).hexdigest()}


PEERS: dict[str, tuple[Callable[[str], Answer], str]] = {
    "datatrove": (datatrove, "datatrove"),
    "nemo": (nemo, "nemo-curator"),
    "dolma": (dolma, "dolma"),
    "dclm": (dclm, ""),
    "uniseg": (uniseg, "uniseg"),
}


def main(peer: str) -> None:
    ask, package = PEERS[peer]
    source = f"{package} {version(package)}" if package else "DCLM c7ed275"
    answers = [ask(text) for text in documents()]
    lines = ",\n".join(json.dumps(answer) for answer in answers)
    (HERE / f"quality_{peer}.json").write_text(
        f'{{"source": {json.dumps(source)}, "answers": [\n{lines}\n]}}\n', "utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1])

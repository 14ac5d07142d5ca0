"""The variants of `decontaminate` beside the programs they are named for: verdicts on the same texts and items.

datatrove and Dolma were run (tests/golden/make_decontamination.py); open-r1's script is short enough to stand here as
its twin. GPT-3's and Llama's code was never published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from decontamination_texts import ITEMS, documents
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.decontaminate._benchmark import Benchmark
from gristmill.decontaminate._packing import make_pack
from gristmill.decontaminate._words import WORDINGS
from gristmill.decontaminate.decontaminate import Decontaminate

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "golden" / "decontamination.json").read_text())
NAMES = [name for name, _ in documents()]
TEXTS = [text for _, text in documents()]


def golden(name: str) -> list[bool]:
    return [told == "1" for told in GOLDEN["verdicts"][name]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    (folder / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in ITEMS))
    items = Benchmark(files="items.jsonl", question="question", answer="answer")
    make_pack({"items": items}, WORDINGS, (), folder, folder / "items.pack")
    return folder


def dropped(root: Path, variant: str) -> list[bool]:
    step = Decontaminate(packs=("items.pack",), variant=variant, action="drop").at(root)  # type: ignore[arg-type]
    view = View(pa.record_batch({"text": pa.array(TEXTS, pa.large_string())}))
    return np.any(broken(step.rules(), step.measure(view)), axis=0).tolist()  # type: ignore[no-any-return]


def unlike(ours: Sequence[bool], theirs: Sequence[bool]) -> set[str]:
    return {f"{name}: {'we' if one else 'they'} alone" for name, one, other in _three(ours, theirs) if one != other}


def _three(ours: Sequence[bool], theirs: Sequence[bool]) -> list[tuple[str, bool, bool]]:
    return list(zip(NAMES, ours, theirs, strict=True))


def agreement(ours: Sequence[bool], theirs: Sequence[bool]) -> float:
    return sum(one == other for one, other in zip(ours, theirs, strict=True)) / len(theirs)


def test_the_texts_are_those_that_were_judged() -> None:
    given = json.dumps({"items": ITEMS, "texts": TEXTS})
    assert hashlib.sha256(given.encode()).hexdigest() == GOLDEN["texts"]
    assert all(
        0.1 < sum(golden(name)) / len(TEXTS) < 0.9 for name in ("datatrove", "datatrove_spaces", "dolma_paragraphs")
    )


def plain_open_r1(text: str, known: set[str]) -> bool:
    """open-r1, scripts/decontaminate.py at 0c68e8c: `build_ngram_single`, and `find_contaminated` of one data set."""
    words = " ".join(text.lower().strip().split()).split()
    return any(" ".join(words[k : k + 8]) in known for k in range(len(words) - 8 + 1))


def test_open_r1_is_the_script(root: Path) -> None:
    questions = [item["question"].lower().split() for item in ITEMS]
    known = {" ".join(words[k : k + 8]) for words in questions for k in range(len(words) - 8 + 1)}
    theirs = [plain_open_r1(text, known) for text in TEXTS]
    assert 0.1 < sum(theirs) / len(theirs) < 0.9
    assert unlike(dropped(root, "open_r1"), theirs) == set()


def test_datatrove_is_the_package_but_for_rows_of_numbers(root: Path) -> None:
    """Of its 158 texts 30 hold twelve numbers in a row, as an answer of the items does: that stands in any table."""
    ours = dropped(root, "datatrove")
    assert ours == golden("datatrove_without_numbers")
    for name in ("datatrove", "datatrove_spaces"):  # with spaCy's words and with those between white space
        theirs = golden(name)
        assert not [name for name, one, other in _three(ours, theirs) if one and not other]
        assert agreement(ours, theirs) == pytest.approx(0.91, abs=0.005)


def test_dolma_is_the_package(root: Path) -> None:
    theirs = [any(both) for both in zip(golden("dolma_paragraphs"), golden("dolma_documents"), strict=True)]
    assert sum(theirs) == 50
    assert unlike(dropped(root, "dolma"), theirs) == set()

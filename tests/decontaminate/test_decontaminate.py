"""Benchmark items in texts: what each variant finds of them, and what becomes of the texts."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.decontaminate.decontaminate import Decontaminate
from gristmill.errors import InputError
from millers_quiz import CLEAN, FORM, QUIZ, TEST, described, packed

BEFORE = "The mill stands at the end of a long lane, and few people go there now. " * 4
BEHIND = " A heron fishes in the race on most days, and no one has the heart to chase it off." * 4
RYE, RIVER, FANTAIL, STONE = (item["question"] for item in QUIZ)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quiz")
    packed(folder)
    return folder


def step(root: Path, **settings: Any) -> Decontaminate:
    return Decontaminate(packs=("quiz.pack",), **settings).at(root)


def view(*texts: str | None) -> View:
    return View(pa.record_batch({"text": pa.array(texts, pa.large_string())}))


def signals(step: Decontaminate, *texts: str | None) -> list[dict[str, Any]]:
    found = dict(step.edit(view(*texts)).signals) if step.edits else step.measure(view(*texts))
    return [{name: values[row].as_py() for name, values in found.items()} for row in range(len(texts))]


def reasons(step: Decontaminate, *texts: str | None) -> list[list[str]]:
    found = step.edit(view(*texts)).signals if step.edits else step.measure(view(*texts))
    masks = broken(step.rules(), found)
    return [
        [rule.reason for rule, mask in zip(step.rules(), masks, strict=True) if mask[row]] for row in range(len(texts))
    ]


def in_a_page(leak: str) -> str:
    return f"{BEFORE}\n{leak}\n{BEHIND}"


LEAKS = {
    "verbatim": f"{RYE}\n{QUIZ[0]['answer']}",
    "in capitals, with stars": f"**{RYE.upper()}** ",
    "split over lines": "\n  > ".join(RYE.split(" ")[k] for k in range(len(RYE.split(" ")))),
    "other digits": RYE.replace("14", "١٤").replace("nine", "９"),
    "other words here and there": RYE.replace("morning", "dawn").replace("baker", "priest").replace("loft", "roof"),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_an_item_is_found_in_any_dress(root: Path, leak: str) -> None:
    (found,) = signals(step(root), in_a_page(leak))
    assert (found["benchmark"], found["item"]) == ("quiz", "quiz:1")
    assert found["near_share"] >= 0.35
    assert reasons(step(root), in_a_page(leak)) != [[]]


def test_clean_texts_hold_nothing(root: Path) -> None:
    for variant in ("items", "gpt3", "datatrove", "dolma", "llama", "open_r1"):
        made = step(root, variant=variant, action="drop")
        assert reasons(made, *CLEAN) == [[]] * len(CLEAN)
        assert all(set(found.values()) <= {0, None} for found in signals(made, *CLEAN))


def test_a_short_question_is_found_with_its_answer(root: Path) -> None:
    asked = in_a_page(f"{STONE} It was AGNES Thorne, they say.")
    other = in_a_page(f"{STONE} It was Edmund Crake, they say.")
    found, unanswered = signals(step(root), asked, other)
    assert (found["answers"], unanswered["answers"]) == (1, 0)
    assert "answer_found" in reasons(step(root), asked)[0]
    assert reasons(step(root), other) == [[]]


def test_a_right_choice_behind_its_question_is_an_answer(root: Path) -> None:
    question, choices, _ = TEST[0]
    found, wrong = signals(step(root), f"{question} {choices[0]}", f"{question} {choices[1]}")
    assert (found["item"], found["answers"], wrong["answers"]) == ("mills:1", 1, 0)


def test_the_form_of_a_benchmark_is_no_item(root: Path) -> None:
    found, any_ngram = signals(step(root), FORM)[0], signals(step(root, variant="gpt3", action="drop"), FORM)[0]
    assert (found["items"], found["item_share"], found["near_share"]) == (0, 0, 0)
    assert (any_ngram["items"], any_ngram["ngrams"] > 0) == (0, True)


def test_all_that_was_found_is_told_with_its_place(root: Path) -> None:
    page = f"{BEFORE}ümläut {RYE} {BEHIND} {RIVER}"
    (found,) = signals(step(root), page)
    assert found["items"] == 2
    told = json.loads(found["evidence"])
    assert [(one["benchmark"], one["item"], one["share"]) for one in told] == [
        ("quiz", "quiz:1", 1),
        ("quiz", "quiz:2", 1),
    ]
    for one, question in zip(told, (RYE, RIVER), strict=True):
        assert page.encode()[one["start"] : one["stop"]].decode() == question.rstrip("?")
        assert question.startswith(one["excerpt"][:300])


def test_a_tenth_of_an_item_is_reported_and_stays(root: Path) -> None:
    (found,) = signals(step(root, size=13), " ".join(RYE.split()[3:17]))
    assert 0 < found["item_share"] < 0.5
    assert found["ngrams"] == 2
    assert found["longest"] == 14
    assert reasons(step(root), " ".join(RYE.split()[3:17])) == [[]]


def test_report_drops_nothing_and_thresholds_compute_nothing(root: Path) -> None:
    report = step(root, action="report")
    assert report.rules() == ()
    assert signals(report, RYE) == signals(step(root), RYE)
    others = {"max_near_share": 0.9, "max_item_share": 0.9, "max_answers": 3}
    assert step(root, **others).computing_settings() == report.computing_settings() == step(root).computing_settings()
    assert reasons(step(root, **others), LEAKS["other words here and there"]) == [[]]


# What the variants are published to do, worked out from their sources


def plain_open_r1(texts: list[str], questions: list[str]) -> list[bool]:
    def grams(text: str) -> set[str]:
        words = text.lower().split()
        return {" ".join(words[at : at + 8]) for at in range(len(words) - 7)}

    known = set().union(*map(grams, questions))
    return [bool(grams(text) & known) for text in texts]


def plain_gpt3(texts: list[str], items: list[str]) -> list[bool]:
    """As lm-evaluation-harness's janitor has it: lower case, no ASCII punctuation, 13 words between white space."""
    punctuation = str.maketrans("", "", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

    def grams(text: str) -> set[str]:
        words = text.lower().translate(punctuation).split()
        return {" ".join(words[at : at + 13]) for at in range(len(words) - 12)}

    known = set().union(*map(grams, items))
    return [bool(grams(text) & known) for text in texts]


def chopped() -> list[str]:
    """Stretches of the questions of many lengths, some touched up."""
    stretches = []
    for question in (RYE, RIVER, FANTAIL):
        words = question.split()
        for size in (6, 7, 8, 9, 12, 13, 14, 20):
            for at in range(0, len(words) - size + 1, 5):
                stretches.append("oh " + " ".join(words[at : at + size]) + " no")
                stretches.append("oh " + " ".join(words[at : at + size]).upper().replace("E ", "E, ") + " no")
    return stretches


def test_open_r1_drops_for_eight_words_of_a_question_in_lower_case(root: Path) -> None:
    made, texts = step(root, variant="open_r1"), chopped()
    questions = [item["question"] for item in QUIZ] + [question for question, _, _ in TEST]
    wanted = plain_open_r1(texts, questions)
    assert [bool(found) for found in reasons(made, *texts)] == wanted
    assert 0 < sum(wanted) < len(wanted)
    assert reasons(made, str(QUIZ[0]["answer"])) == [[]]


def test_gpt3_finds_thirteen_words_without_punctuation(root: Path) -> None:
    made, texts = step(root, variant="gpt3", action="drop"), chopped()
    items = [f"{item['question']} {item['answer']}" for item in QUIZ]
    wanted = plain_gpt3(texts, items)
    assert [bool(found) for found in reasons(made, *texts)] == wanted
    assert 0 < sum(wanted) < len(wanted)


def test_datatrove_drops_for_twelve_words_with_one_of_the_answer(root: Path) -> None:
    made = step(root, variant="datatrove")
    words = f"{RYE} {QUIZ[0]['answer']}".split()
    last = len(RYE.split())
    assert reasons(made, RYE) == [[]]
    assert reasons(made, " ".join(words[last - 11 : last + 1])) == [["ngram_found"]]
    assert reasons(made, " ".join(words[last - 10 : last + 1])) == [[]]
    wrong = f"{TEST[0][0]} {TEST[0][1][1]}"
    right = f"{TEST[0][0]} {TEST[0][1][0]}"
    assert reasons(made, wrong, right) == [[], ["ngram_found"]]


def test_dolma_drops_for_a_paragraph_letter_for_letter(root: Path) -> None:
    made = step(root, variant="dolma")
    texts = [f"{BEFORE}\n{RYE}\n", f"{BEFORE} {RYE}\n", RYE.lower(), f"x\n{STONE}", STONE, f"{STONE} ", "Agnes Thorne"]
    assert [bool(found) for found in reasons(made, *texts)] == [True, False, False, False, True, False, False]
    (found, *_) = signals(made, texts[0])
    told = json.loads(found["evidence"])
    assert [texts[0].encode()[one["start"] : one["stop"]].decode() for one in told] == [RYE]


def test_llama_drops_where_four_fifths_of_an_item_stand_in_eight_grams(root: Path) -> None:
    made, words = step(root, variant="llama"), RYE.split()
    assert reasons(made, " ".join(words[: int(len(words) * 0.85)])) == [["item_found"]]
    assert reasons(made, " ".join(words[: int(len(words) * 0.75)])) == [[]]


def test_a_cut_takes_two_hundred_characters_on_both_sides(root: Path) -> None:
    made = step(root, variant="gpt3")
    page = f"{BEFORE * 3}{RYE}{BEHIND * 3}"
    edit = made.edit(view(page, "untouched", None, RYE, BEFORE + RYE + BEHIND))
    text, untouched, none, whole, too_short = edit.text.to_pylist()
    before, behind = text.split("\n\n")
    assert (BEFORE * 3).startswith(before)
    assert (BEHIND * 3).endswith(behind)
    assert 200 <= len(BEFORE * 3) - len(before) < 215
    assert 200 <= len(BEHIND * 3) - len(behind) < 215
    assert (untouched, none, whole, too_short) == ("untouched", None, RYE, BEFORE + RYE + BEHIND)
    assert edit.signals["pieces"].to_pylist() == [2, 1, 1, 0, 0]
    assert reasons(made, page, RYE) == [[], ["nothing_left"]]


def test_a_text_in_many_pieces_goes(root: Path) -> None:
    page = "".join(f"{BEFORE * 3}{RYE}{BEHIND * 3}" for _ in range(6))
    assert reasons(step(root, variant="gpt3"), page) == [[]]
    assert signals(step(root, variant="gpt3"), page)[0]["pieces"] == 7
    assert reasons(step(root, variant="gpt3", max_pieces=6), page) == [["too_many_pieces"]]


# What every step owes, with a pack


@pytest.mark.parametrize("variant", ["items", "gpt3", "datatrove", "dolma", "llama", "open_r1"])
def test_batches_may_be_cut_and_narrowed_anywhere(root: Path, variant: str) -> None:
    made = pickle.loads(pickle.dumps(step(root, variant=variant)))
    texts = [*map(in_a_page, LEAKS.values()), *CLEAN, *chopped()[:20], FORM, f"{RYE} {QUIZ[0]['answer']}"]
    whole = pa.record_batch({"text": pa.array(texts, pa.string())})
    together = signals(made, *texts)
    assert [signals(made, text)[0] for text in texts] == together
    rows = np.arange(0, len(texts), 3)
    found = made.edit(View(whole, rows)).signals if made.edits else made.measure(View(whole, rows))
    assert [{k: v[i].as_py() for k, v in found.items()} for i in range(len(rows))] == together[::3]


def test_a_text_of_fifty_megabytes_is_gone_through(root: Path) -> None:
    page = (BEFORE + "\n") * 160_000
    large = f"{page[: 40 << 20]}{RYE}{page[: 10 << 20]}"
    (found,) = signals(step(root), large)
    assert (found["item"], found["near_share"]) == ("quiz:1", 1)
    (told,) = json.loads(found["evidence"])
    assert told["start"] == 40 << 20


def test_a_text_that_is_nothing_but_items_takes_no_more(root: Path) -> None:
    (found,) = signals(step(root), f"{RYE} {RIVER} {FANTAIL} " * 20_000)
    assert found["items"] == 3


def test_without_a_pack_it_finds_nothing() -> None:
    assert [set(found.values()) for found in signals(Decontaminate(), RYE)] == [{0, None}]


def test_a_pack_that_changes_while_a_build_runs_is_not_read(tmp_path: Path) -> None:
    packed(tmp_path)
    made = step(tmp_path)
    made.computing_settings()
    worker = pickle.loads(pickle.dumps(made))
    (tmp_path / "quiz.pack").write_bytes(b"something else")
    with pytest.raises(InputError, match="has changed since the build began"):
        signals(worker, RYE)


def test_two_packs_are_looked_up_as_one(tmp_path: Path) -> None:
    from gristmill.decontaminate._packing import make_pack

    every = described(tmp_path)
    for name in ("quiz", "mills"):
        make_pack({name: every[name]}, ("simplified",), (), tmp_path, tmp_path / f"{name}.pack")
    both = Decontaminate(packs=("quiz.pack", "mills.pack")).at(tmp_path)
    assert both.faults() == {}
    assert both.computing_settings()["benchmarks"] == {"quiz": 4, "mills": 2}
    found, other = signals(both, RYE, TEST[1][0])
    assert (found["benchmark"], other["benchmark"]) == ("quiz", "mills")

"""Toxic texts, and those that are easily mistaken for them."""

from __future__ import annotations

import codecs
import gzip
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.errors import InputError
from gristmill.safety._lexicon import cue_phrases, language_of, lists, model
from gristmill.safety.toxicity import Toxicity, masked
from gristmill.text import speech_context
from real_command import build_of, built, counts

SLUR = codecs.decode("snttbg", "rot13")
CURSE = codecs.decode("fuvg", "rot13")


def measured(step: Toxicity, *texts: str | None, language: str | None = None) -> list[dict[str, Any]]:
    columns = {"text": pa.array(texts, pa.large_string())}
    if language:
        columns["language"] = pa.array([language] * len(texts))
    signals = step.measure(View(pa.record_batch(columns)))
    return [{name: values[row].as_py() for name, values in signals.items()} for row in range(len(texts))]


def reasons(text: str, step: Toxicity | None = None) -> list[str]:
    step = step or Toxicity()
    signals = step.measure(View(pa.record_batch({"text": pa.array([text])})))
    return [rule.reason for rule, mask in zip(step.rules(), broken(step.rules(), signals), strict=True) if mask[0]]


@pytest.mark.parametrize(
    "text",
    [
        "Immigrants are vermin and they should all be shot.",
        "All immigrants are v3rmin and should be k1lled.",
        f"Shut your mouth, you {SLUR}, we are going to kill you.",
        "There were refugees in the bus again. Those people are filth and should be burned alive.",
    ],
)
def test_hatred_and_threats_go(text: str) -> None:
    assert reasons(text) == ["toxic"]


@pytest.mark.parametrize(
    "text",
    [
        'Whoever says that "immigrants are vermin" is a bigot, and we condemn it.',
        f"It is wrong to call someone a {SLUR}, and nobody should say such a thing.",
        f"We are here, we are proud, and my best friend is a {SLUR} like me.",
        "Cancer cells of the breast are killed by the treatment, and most patients are women.",
        "The court heard that the defendant had called refugees vermin, and he was sentenced.",
        "Police said two Muslims were shot dead outside a mosque, and a suspect was arrested.",
        f"Holy {CURSE}, what a goal that was!",
        "Women and men of every faith live in this town.",
        "How do I kill a child process that became a zombie?",
        "",
    ],
)
def test_what_is_denounced_reported_reclaimed_or_harmless_stays(text: str) -> None:
    assert reasons(text) == []


def test_a_long_article_with_one_quote_stays() -> None:
    paragraph = "The council met on Monday and talked about the new bridge over the river for three hours. "
    quote = "Immigrants are vermin and they should all be shot. "
    (row,) = measured(Toxicity(), paragraph * 10 + quote + paragraph * 10)
    assert reasons(paragraph * 10 + quote + paragraph * 10) == []
    assert 0 < row["toxic_share"] < 0.2
    assert reasons(quote * 5) == ["toxic"]


def test_signals_say_what_was_found() -> None:
    (row,) = measured(Toxicity(), f"You {SLUR}! Oh {CURSE}.")
    assert (row["list_hits"], row["list_hits_left"]) == (2, 2)
    assert row["list_hits_per_1000"] == 500
    assert row["evidence"] == "f***** (en); s*** (en)"
    (none,) = measured(Toxicity(), None)
    assert (none["list_hits"], none["score"], none["toxic_share"], none["evidence"]) == (0, 0.0, 0.0, None)


def test_an_excused_word_is_shown_in_brackets() -> None:
    (row,) = measured(Toxicity(), f"Never call someone a {SLUR}.")
    assert (row["list_hits"], row["list_hits_left"]) == (1, 0)
    assert row["evidence"] == "[f***** (en)]"


def test_lists_of_the_language_count_and_the_model_judges_english_alone() -> None:
    german = codecs.decode("fpurvßr", "rot13")
    (row,) = measured(Toxicity(), f"So eine {german}.", language="de")
    assert (row["list_hits"], row["score"], row["toxic_share"]) == (1, None, None)
    assert measured(Toxicity(), f"So eine {german}.", language="en")[0]["list_hits"] == 0
    assert measured(Toxicity(), "これはちんこです")[0]["evidence"] == "ち** (ja)"
    assert measured(Toxicity(), "これはちんこです", language="th")[0]["list_hits"] == 0


def test_lists_of_ones_own_are_for_a_language_or_for_all(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("# ours\nblue moon\n")
    (tmp_path / "de.txt.gz").write_bytes(gzip.compress(b"Zwetschge\n"))
    step = Toxicity(lists=("mine.txt", "de.txt.gz"), shipped_lists=False, max_hits_per_1000=0).at(tmp_path)
    assert step.faults() == {}
    german, french = (measured(step, "A Blue Moon, zwetschge", language=code)[0] for code in ("de", "fr"))
    assert german["evidence"] == "B*** M*** (mine.txt); z******** (de.txt.gz)"
    assert french["evidence"] == "B*** M*** (mine.txt)"
    assert reasons("once in a blue moon", step) == ["listed_words"]
    assert measured(step, f"You {SLUR}")[0]["list_hits"] == 0
    assert measured(pickle.loads(pickle.dumps(step)), "blue moon")[0]["list_hits"] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fine\n...\n", "bad.txt, line 2: '...' has no word, or more than 5"),
        ("a b c d e f\n", "bad.txt, line 1: 'a b c d e f' has no word, or more than 5"),
        ("# nothing\n", "bad.txt: has no entry"),
    ],
)
def test_a_list_that_cannot_serve_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.txt").write_text(text)
    step = Toxicity(lists=("bad.txt",)).at(tmp_path)
    assert said in step.faults()["lists"]
    with pytest.raises(InputError):
        measured(step, "x")
    assert "no such file" in Toxicity(lists=("none.txt",)).at(tmp_path).faults()["lists"]


def test_the_digest_of_a_list_is_in_the_settings(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("one\n")
    step = Toxicity(lists=("mine.txt",)).at(tmp_path)
    before = step.computing_settings()["files"]
    (tmp_path / "mine.txt").write_text("two\n")
    assert step.computing_settings()["files"].keys() == before.keys() == {"mine.txt"}
    assert step.computing_settings()["files"] != before
    assert "max_toxic_share" not in step.computing_settings()


def test_rules_are_those_with_a_bound() -> None:
    assert [rule.reason for rule in Toxicity().rules()] == ["toxic"]
    every = Toxicity(max_hits_per_1000=5, max_score=0.99)
    assert [rule.reason for rule in every.rules()] == ["toxic", "listed_words", "toxic_window"]
    assert Toxicity(max_toxic_share=None).rules() == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("de", "de"),
        ("lists/pt.txt", "pt"),
        ("fr-CA-u-sd-caqc", "fr"),
        ("nb.gz", "no"),
        ("mine.txt", None),
        ("DE", None),
    ],
)
def test_a_file_is_named_for_its_language(name: str, code: str | None) -> None:
    assert language_of(name) == code


def test_words_are_masked_however_they_are_spelt() -> None:
    assert masked("Some bad\nwords") == "S*** b** w****"
    assert masked("x" * 90) == "x" + "*" * 12
    assert masked("\u202eabc") == "\ufffd***"


def test_every_cue_has_a_kind_and_the_model_is_small() -> None:
    for kind, phrases in cue_phrases():
        assert isinstance(getattr(speech_context, kind), int)
        assert all(phrases)
    assert model().weights.nbytes <= 2 << 20
    assert np.count_nonzero(model().weights) > 1000
    assert len(lists((), True).bits) == 26


def test_a_build_drops_it_with_its_figures(tmp_path: Path) -> None:
    texts = ["Immigrants are vermin and they should all be shot.", "The bridge over the river is new."]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    assert build_of(tmp_path, "jsonl: in.jsonl", steps="[toxicity]").code == 0
    assert (counts(built(tmp_path))["kept"], counts(built(tmp_path))["dropped"]) == (1, 1)

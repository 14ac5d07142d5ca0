"""Texts turned round: nothing of them is lost, and the same ones are turned at the same places every time."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.arrange.fill_in_the_middle import FillInTheMiddle
from gristmill.contracts.view import View

TEXT = "def grind(corn):\n    return corn * 2  # größer\n"


def turned(texts: list[str | None], **settings: Any) -> list[tuple[str | None, str | None]]:
    ids = pa.array([f"{number:032x}" for number in range(len(texts))])
    batch = pa.record_batch({"rid": ids, "text": pa.array(texts, pa.large_string())})
    edit = FillInTheMiddle(**settings).edit(View(batch))
    return list(zip(edit.text.to_pylist(), edit.signals["form"].to_pylist(), strict=True))


def parts(text: str, before: str, between: str, after: str, end: str = "") -> tuple[str, str, str]:
    first, _, rest = text.removeprefix(before).removesuffix(end).partition(between)
    second, _, third = rest.partition(after)
    return first, second, third


QWEN = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
DEEPSEEK = ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>")


@pytest.mark.parametrize(
    ("format", "psm", "spm"),
    [
        ("starcoder", ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"), ("<fim_prefix><fim_suffix>", "<fim_middle>")),
        ("qwen", QWEN, (QWEN[0] + QWEN[1], QWEN[2])),
        ("deepseek", DEEPSEEK, (DEEPSEEK[0] + DEEPSEEK[1], DEEPSEEK[2])),
        ("codellama", ("<PRE> ", " <SUF>", " <MID>", " <EOT>"), ("<PRE> <SUF>", " <MID> ", " <EOT>")),
    ],
)
def test_all_of_a_text_stands_in_it_by_each_format(format: str, psm: tuple[str, ...], spm: tuple[str, ...]) -> None:
    for text, form in turned([TEXT] * 50, format=format, rate=1, spm_rate=0):
        assert form == "psm"
        assert text is not None
        prefix, suffix, middle = parts(text, *psm)
        assert prefix + middle + suffix == TEXT
    for text, form in turned([TEXT] * 50, format=format, rate=1, spm_rate=1):
        assert form == "spm"
        assert text is not None
        before, between, *end = spm
        suffix, rest = text.removeprefix(before).removesuffix("".join(end)).split(between)
        assert rest + suffix == TEXT


def test_about_the_asked_shares_are_turned_and_places_lie_everywhere() -> None:
    found = turned([TEXT] * 4000, rate=0.5, spm_rate=0.25)
    forms = [form for _, form in found]
    assert forms.count("plain") == pytest.approx(2000, abs=120)
    assert forms.count("spm") == pytest.approx(500, abs=80)
    prefixes = [
        len(parts(text or "", "<fim_prefix>", "<fim_suffix>", "<fim_middle>")[0]) for text, f in found if f == "psm"
    ]
    assert set(prefixes) >= {0, 5, 10, 20}
    assert sum(prefixes) / len(prefixes) == pytest.approx(len(TEXT) / 3, abs=2)  # the lower of two places


def test_a_text_with_a_token_in_it_a_short_one_and_none_stay_as_they_are() -> None:
    held = "x = '<fim_middle>'  # a token of the format\n"
    assert turned([held, "short", None], rate=1) == [(held, "held"), ("short", "plain"), (None, None)]


def test_the_seed_alone_changes_what_is_drawn() -> None:
    texts: list[str | None] = [TEXT] * 40
    assert turned(texts) == turned(texts)
    assert turned(texts, seed=1) != turned(texts)


@given(st.text(min_size=2, max_size=50), st.integers(0, 1 << 31))
def test_no_character_is_lost_or_made(text: str, seed: int) -> None:
    ((found, form),) = turned([text], rate=1, spm_rate=0, min_characters=2, seed=seed)
    if form == "psm" and found is not None:
        prefix, suffix, middle = parts(found, "<fim_prefix>", "<fim_suffix>", "<fim_middle>")
        assert prefix + middle + suffix == text

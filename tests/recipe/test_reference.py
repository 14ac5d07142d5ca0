"""Reference and descriptions, which cannot lag behind the classes."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from gristmill.contracts import catalog
from gristmill.recipe.describe import kind, kinds
from gristmill.recipe.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"


def test_the_reference_is_fresh() -> None:
    fresh = PAGE.read_text(encoding="utf-8") == reference()
    assert fresh, "bring it up to date: python -m gristmill.recipe.reference > docs/reference.md"


@pytest.mark.parametrize("family", get_args(catalog.Family))
def test_every_kind_and_option_has_a_sentence(family: catalog.Family) -> None:
    for one in kinds(family):
        assert one.summary.endswith("."), one.name
        for option in one.options:
            assert option.description.endswith("."), f"{one.name}.{option.name}"
            assert "any" not in option.type.split(), f"{one.name}.{option.name} is {option.type}"


def test_every_rule_of_every_variant_names_a_signal_and_a_bound() -> None:
    for one in kinds("steps"):
        for variant, rules in one.rules.items():
            reasons = [rule.reason for rule in rules]
            assert len(reasons) == len(set(reasons)), f"{one.name} {variant}"
            for rule in rules:
                assert rule.bound, f"{one.name} {variant} {rule.reason}"


def test_a_kind_tells_its_variants_apart() -> None:
    gopher = kind("steps", "gopher_quality")
    assert gopher.shape == "measures rows"
    assert {"datatrove", "dclm", "nemo", "dolma"} <= set(gopher.rules)
    assert "too_many_symbols" in [rule.reason for rule in gopher.rules["dclm"]]
    assert any(option.name == "variant" and "dclm" in option.type for option in gopher.options)
    assert any("2112.11446" in source for source in gopher.sources)


def test_thresholds_are_marked() -> None:
    options = {option.name: option for option in kind("steps", "language").options}
    assert options["keep"].decides
    assert not options["und_below"].decides
    assert options["und_below"].type == "number, >= 0, <= 1"
    assert options["keep"].default == "null"

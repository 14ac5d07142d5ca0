"""YAML as a tree with lines."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gristmill.errors import RecipeError
from gristmill.recipe.dump import inline
from gristmill.recipe.tree import MAX_BYTES, atom, line_of, parse, value

PLAIN = [
    ("no", "no"),
    ("on", "on"),
    ("null", None),
    ("~", None),
    ("", None),
    ("true", True),
    ("12", 12),
    ("-12", -12),
    ("012", 12),
    ("0x1F", 31),
    ("0o17", 15),
    ("1e-3", 0.001),
    (".5", 0.5),
    ("1.", 1.0),
    ("-.inf", -math.inf),
    ("1_000", "1_000"),
    ("12:30", "12:30"),
    ("2024-01-02", "2024-01-02"),
    ("inf", "inf"),
    ("nan", "nan"),
    ("e5", "e5"),
    ("+", "+"),
    ("--1", "--1"),
    ("1.2.3", "1.2.3"),
    ("0x", "0x"),
    ("9" * 5000, "9" * 5000),
]

AWKWARD = st.sampled_from(
    [plain for plain, _ in PLAIN if plain] + ["a: b", "# x", "*a", "&a", "!a", "- a", "'", '"', "\t"]
)
ATOMS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text() | AWKWARD
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(("plain", "meaning"), PLAIN)
def test_a_plain_scalar_means_what_the_core_schema_says(plain: str, meaning: object) -> None:
    assert atom(plain) == meaning
    assert type(atom(plain)) is type(meaning)


def test_a_quoted_scalar_is_text() -> None:
    assert value(parse("['1', \"true\", 'null']", "r")) == ["1", "true", "null"]


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=4) | st.lists(VALUES, max_size=4))
def test_what_we_write_reads_back_the_same_here_and_in_other_readers(data: object) -> None:
    written = inline(data)
    assert value(parse(written, "r")) == data
    assert yaml.safe_load(written) == data


def test_a_place_has_the_line_of_its_key_or_entry() -> None:
    tree = parse("name: x\nsteps:\n  - a\n  - b:\n      one: 1\n      two:\n        - 1\n        - 2\n", "r")
    assert line_of(tree, ("name",)) == 1
    assert line_of(tree, ("steps", 1, "b", "one")) == 5
    assert line_of(tree, ("steps", 1, "b", "two", 1)) == 8
    assert line_of(tree, ("steps", 1, "b", "three")) == 4
    assert line_of(tree, ("nothing",)) == 1


def test_an_alias_stands_for_what_its_anchor_names() -> None:
    assert value(parse("a: &x {b: [1]}\nc: *x", "r")) == {"a": {"b": [1]}, "c": {"b": [1]}}


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

REFUSED = [
    ("a: 1\na: 2", 2, "'a' is given twice, first on line 1"),
    ("a:\n\t- b", 2, "a tab stands where YAML wants spaces"),
    ("a: [*b]", 1, "*b stands for nothing"),
    ("a: &a [*a]", 1, "*a stands for nothing"),
    ("x: 1\na: !!python/name:os.system x", 2, "the tag tag:yaml.org,2002:python/name:os.system is not taken"),
    ("a: !x {}", 1, "the tag !x is not taken"),
    ("a: 1\n---\nb: 2", 2, "a second document begins here"),
    ("a: 1\nb: \x01", 2, "the character U+0001"),
    ("a: [1, 2\nb: 3", 2, "is not YAML"),
    ("a: b: c", 1, "is not YAML: mapping values are not allowed here"),
    ("? [1]\n: 2", 1, "a key must be a word, and this is a list or mapping"),
    ("a: 1\n2: 3", 2, "a key must be a word, and this is 2"),
    ('a: "\\ud800"', 1, "half a surrogate pair"),
    ("a: " + "[" * 40, 1, "nests deeper than 32 levels"),
    ("[" * 100_000, 1, "nests deeper than 32 levels"),
    (LAUGHS, 5, "stands for more than 20000 values"),
    ("", None, "is empty"),
    ("# only a remark\n", None, "is empty"),
    ("x" * (MAX_BYTES + 1), None, "longer than 256 KB"),
]


@pytest.mark.parametrize(("text", "line", "message"), REFUSED, ids=[message[:24] for *_, message in REFUSED])
def test_what_is_refused_is_named_with_its_line(text: str, line: int | None, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse(text, "r.yaml")
    assert message in caught.value.message
    assert caught.value.place is not None
    assert caught.value.place.line == line
    assert "\n" not in str(caught.value)


@given(st.text(alphabet=st.sampled_from("ab:-[]{},&*!|>'\"#%@`? \n\t0.\x85\u2028"), max_size=60))
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    try:
        parse(text, "r")
    except RecipeError as error:
        assert error.message
        assert "\n" not in error.message

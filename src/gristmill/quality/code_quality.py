"""Drop files of code that teach little: long lines, data in code, markup without text, what programs wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.quality._code_records import Known, known
from gristmill.quality._code_variants import VARIANTS, Variant
from gristmill.records.code.comments import SYNTAX
from gristmill.records.code.marks import MARKS, Mark
from gristmill.records.kinds import Kind
from gristmill.text.characters import characters
from gristmill.text.code_comments import code_comments, signs
from gristmill.text.code_shape import code_shapes
from gristmill.text.encoded_stretches import encoded_stretches
from gristmill.text.visible_html import visible_characters

Numbers = npt.NDArray[np.int64]

_MARKUP = frozenset(("HTML", "HTML+ERB", "HTML+PHP", "HTML+Django", "HTML+Razor"))
_DATA_SIZES = (50, 5000)
_XML, _XML_IN = "<?xml version=", 100
_LANGUAGES = sorted(SYNTAX)
_SIGNS = np.stack([signs(*SYNTAX[name]) for name in _LANGUAGES])
_PLACES = {name: place for place, name in enumerate(_LANGUAGES)}
_OPTIONS = (
    ("long_lines", "mean_line_length", "max_mean_line_length"),
    ("long_line", "max_line_length", "max_line_length"),
    ("long_line_of_markup", "max_loose_line_length", "max_loose_line_length"),
    ("few_lines", "lines", "min_lines"),
    ("many_lines", "lines", "max_lines"),
    ("many_lines_of_data", "data_lines", "max_data_lines"),
    ("few_letters_or_digits", "alphanumeric_share", "min_alphanumeric_share"),
    ("few_letters", "alphabetic_share", "min_alphabetic_share"),
    ("few_letters_per_token", "alpha_per_token", "min_alpha_per_token"),
    ("few_comments", "comment_share", "min_comment_share"),
    ("many_comments", "comment_share", "max_comment_share"),
    ("little_text_in_markup", "visible_share", "min_visible_share"),
    ("short_text_in_markup", "visible", "min_visible"),
    ("encoded_data", "encoded_share", "max_encoded_share"),
    ("long_encoded_data", "longest_encoded", "max_encoded_length"),
)
"""Reason, signal and option of each bound; the options whose name begins with `min` are the lower ones."""


class CodeQuality(RowStep):
    """Keep files of code as StarCoder, StarCoder2, RedPajama or Nemotron (NeMo Curator) do.

    The language and the path of a record come from its metadata, as the reader `git`, The Stack or RedPajama give them
    (`path`, `language`). A signal is null where the variant exempts a language, and where it was not measured; what is
    null breaks no rule. `drop` names what else goes: files that the path or the first lines say are vendored,
    generated, minified, tests, documentation, configuration or data.
    """

    version: ClassVar[int] = 2
    works_on: ClassVar[tuple[Kind, ...]] = ("document",)

    variant: Variant = Field("starcoder2", description="Whose rules: starcoder, starcoder2, redpajama or nemotron.")
    drop: tuple[Mark, ...] = threshold(
        (), description="Marks whose files go: vendored, generated, minified, test, documentation ..."
    )
    max_mean_line_length: float | None = threshold(
        None, ge=1, description="Most characters of a line on average; the variant's own unless given (100)."
    )
    max_line_length: int | None = threshold(
        None, ge=1, description="Most characters of the longest line; the variant's own unless given (1000)."
    )
    max_loose_line_length: int | None = threshold(
        None, ge=1, description="The same in markup and prose, where the variant has other bounds (starcoder2: 100000)."
    )
    min_lines: int | None = threshold(None, ge=0, description="Fewest lines; the variant's own unless given.")
    max_lines: int | None = threshold(None, ge=1, description="Most lines; the variant's own unless given.")
    max_data_lines: int | None = threshold(
        None, ge=1, description="Most lines of JSON, YAML and text; the variant's own unless given (starcoder2: 512)."
    )
    min_alphanumeric_share: float | None = threshold(
        None, ge=0, le=1, description="Fewest letters and digits among all characters; the variant's own."
    )
    min_alphabetic_share: float | None = threshold(
        None, ge=0, le=1, description="Fewest letters among all characters; the variant's own unless given."
    )
    min_alpha_per_token: float | None = threshold(
        None, ge=0, description="Fewest letters for each word or sign; the variant's own unless given."
    )
    min_comment_share: float | None = threshold(
        None, ge=0, le=1, description="Fewest characters in comments; the variant's own unless given."
    )
    max_comment_share: float | None = threshold(
        None, ge=0, le=1, description="Most characters in comments; the variant's own unless given."
    )
    min_visible_share: float | None = threshold(
        None, ge=0, le=1, description="Least of HTML that is shown; the variant's own unless given."
    )
    min_visible: int | None = threshold(
        None, ge=0, description="Fewest shown characters of HTML; the variant's own unless given."
    )
    max_encoded_share: float | None = threshold(
        None,
        ge=0,
        le=1,
        description="Most characters in base64, hexadecimal or escapes; the variant's own.",
    )
    max_encoded_length: int | None = threshold(
        None, ge=1, description="Longest such stretch in characters; the variant's own unless given."
    )

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("programming_language", "label", "by Linguist's names", column=True),
            Signal("lines", "count", "lines"),
            Signal("mean_line_length", "number", "characters of a line on average; null where lines may be long"),
            Signal("max_line_length", "count", "characters of the longest line; null where lines may be long"),
            Signal("max_loose_line_length", "count", "the same, where lines may be long"),
            Signal("data_lines", "count", "lines of data, null for other languages"),
            Signal("alphanumeric_share", "share", "letters and digits among all characters"),
            Signal("alphabetic_share", "share", "letters among all characters; of assembly letters and digits"),
            Signal("digit_share", "share", "digits among all characters"),
            Signal("alpha_per_token", "number", "letters for each word or sign"),
            Signal("comment_share", "share", "characters in comments; null where the language's are not known"),
            Signal("string_share", "share", "characters in strings; null where the language's are not known"),
            Signal("longest_string", "count", "characters of the longest string"),
            Signal("visible", "count", "characters of HTML that are shown"),
            Signal("visible_share", "share", "the same among all characters"),
            Signal("encoded_share", "share", "characters in base64, hexadecimal or escapes"),
            Signal("longest_encoded", "count", "characters of the longest such stretch"),
            Signal("xml", "count", "1 where the file begins as XML and its language is none that may"),
            Signal("data_characters", "count", "characters of JSON and YAML, where the variant bounds them"),
            *(Signal(mark, "count", f"1 where the file is {_SAID[mark]}") for mark in MARKS),
        )

    def rules(self) -> tuple[Rule, ...]:
        how = VARIANTS[self.variant]
        rules = []
        for reason, signal, option in _OPTIONS:
            given = getattr(self, option)
            bound = getattr(how, option) if given is None else given
            if bound is not None:
                low, high = (bound, None) if option.startswith("min") else (None, bound)
                rules.append(Rule(reason, signal, low=low, high=high, source=how.source, option=option))
        if how.xml is not None:
            rules.append(Rule("xml", "xml", high=0, source=how.source))
        if how.sized_data:
            low, high = _DATA_SIZES
            rules.append(Rule("size_of_data", "data_characters", low=low, high=high, source=how.source))
        return (*rules, *(Rule(mark, mark, high=0, option="drop") for mark in MARKS if mark in self.drop))

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        how = VARIANTS[self.variant]
        files = known(view)
        data, offsets = view.text
        shape = code_shapes(data, offsets, view.rows, characters())
        comments = code_comments(data, offsets, view.rows, _syntaxes(files), _SIGNS)
        encoded = encoded_stretches(data, offsets, view.rows)
        shown = visible_characters(data, offsets, view.rows)
        empty = shape.characters == 0
        whole = np.maximum(shape.characters, 1)

        def of(languages: frozenset[str]) -> npt.NDArray[np.bool_]:
            return np.array([file.language in languages for file in files], np.bool_)

        def share(part: Numbers, null: npt.NDArray[np.bool_] | None = None) -> pa.Array:
            return pa.array(part / whole, mask=empty if null is None else empty | null)

        loose, markup, plain = of(how.loose_lines), of(_MARKUP), ~of(frozenset(SYNTAX))
        uncommented = plain if how.commented is None else ~of(how.commented)
        begins = pc.fill_null(pc.match_substring(pc.utf8_slice_codeunits(view.column("text"), 0, _XML_IN), _XML), False)
        letters = np.where(of(how.any_alphabetic), shape.alphanumeric, shape.alphabetic)
        return {
            "programming_language": pa.array([file.language for file in files], pa.string()),
            "lines": pa.array(shape.lines),
            "mean_line_length": pa.array(shape.in_lines / np.maximum(shape.lines, 1), mask=loose | (shape.lines == 0)),
            "max_line_length": pa.array(shape.longest, mask=loose),
            "max_loose_line_length": pa.array(shape.longest, mask=~loose),
            "data_lines": pa.array(shape.lines, mask=~of(how.short_data)),
            "alphanumeric_share": share(shape.alphanumeric),
            "alphabetic_share": share(letters),
            "digit_share": share(shape.digits),
            "alpha_per_token": pa.array(shape.alphabetic / (shape.tokens + 1)),
            "comment_share": share(comments.comments, uncommented),
            "string_share": share(comments.strings, plain),
            "longest_string": pa.array(comments.longest_string, mask=plain),
            "visible": pa.array(shown, mask=~markup),
            "visible_share": share(shown, ~markup),
            "encoded_share": share(encoded.matched),
            "longest_encoded": pa.array(encoded.longest),
            "xml": pa.array((begins.to_numpy(zero_copy_only=False) & ~of(how.xml or frozenset())).astype(np.int64)),
            "data_characters": pa.array(shape.characters, mask=~of(how.sized_data)),
            **{mark: pa.array([int(mark in file.marks) for file in files], pa.int64()) for mark in MARKS},
        }


_SAID: dict[Mark, str] = {
    "vendored": "a copy of another project",
    "generated": "written by a program",
    "minified": "minified",
    "test": "a test or for tests",
    "documentation": "documentation",
    "configuration": "configuration",
    "data": "data",
}


def _syntaxes(files: list[Known]) -> Numbers:
    return np.array([_PLACES.get(file.language or "", -1) for file in files], np.int64)

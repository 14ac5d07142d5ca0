"""C4's rules: lines that are no sentences go, and texts that are placeholders, code, or too little prose."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.scans import token_counts, tokens
from gristmill.contracts.step import Edit, RowStep, threshold
from gristmill.contracts.view import View
from gristmill.quality._c4_variants import PAPER, VARIANTS, Definition, Variant
from gristmill.text.character_counts import characters_of
from gristmill.text.characters import characters
from gristmill.text.draft import Draft
from gristmill.text.line_cuts import citations
from gristmill.text.line_flags import Counts, Mask, sentences_in_lines
from gristmill.text.line_phrases import CURLY_BRACKET, JAVASCRIPT, LOREM_IPSUM, POLICY, phrases
from gristmill.text.line_words import words_in_lines
from gristmill.text.misshapen_lines import drop_misshapen, have_too_long_words
from gristmill.text.tokens import split_tokens


class C4Quality(RowStep):
    """Drop lines without an end, of few words, or of boilerplate; then judge what is left of the text."""

    version: ClassVar[int] = 1
    edits: ClassVar[bool] = True

    variant: Variant = Field(
        "datatrove",
        description="Whose rules: datatrove, fineweb (the same, but lines end as they like), dclm or dolma.",
    )
    terminal_punctuation: bool | None = Field(
        None, description="Whether lines must end in punctuation; as the variant has it unless given."
    )
    min_words_per_line: int | None = Field(
        None, ge=0, description="Lines with fewer words go; as the variant has it unless given (3; dclm 5)."
    )
    max_word_length: int | None = Field(
        None, ge=1, description="Lines with a longer word go; as the variant has it unless given (1000 characters)."
    )
    citations: bool | None = Field(
        None, description="Cut [12], [edit] and [citation needed]; as the variant has it unless given."
    )
    min_sentences: int | None = threshold(
        None, ge=0, description="Fewest sentences in what is left; the variant's own unless given (5; dclm 3)."
    )
    max_characters: int | None = threshold(
        None, ge=1, description="Most characters in the text as it came; the variant's own unless given (dclm 190000)."
    )
    lorem_ipsum: bool = threshold(True, description="Drop texts that say lorem ipsum.")
    curly_bracket: bool = threshold(True, description="Drop texts with a curly bracket.")
    javascript: bool = threshold(
        True, description="Drop texts that say JavaScript, where the variant drops no lines for it."
    )

    @property
    def _how(self) -> Definition:
        """The variant with the settings that were given."""
        how = VARIANTS[self.variant]
        names = ("terminal_punctuation", "min_words_per_line", "max_word_length")
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        citations = how.citations if self.citations is None else self.citations
        return replace(how, shape=replace(how.shape, **given), citations=citations)

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("sentences", "count", "sentences in the lines that stay"),
            Signal("lines_dropped", "count", "lines that went"),
            Signal("characters", "count", "characters of the text as it came"),
            Signal("lorem_ipsum", "count", "1 where the text says lorem ipsum"),
            Signal("curly_bracket", "count", "1 where the text has a curly bracket"),
            Signal("javascript", "count", "1 where the text says JavaScript"),
        )

    def rules(self) -> tuple[Rule, ...]:
        how = VARIANTS[self.variant]
        fewest = how.min_sentences if self.min_sentences is None else self.min_sentences
        most = how.max_characters if self.max_characters is None else self.max_characters
        rules = [Rule("too_few_sentences", "sentences", low=fewest, option="min_sentences")] if fewest else []
        if most is not None:
            rules.append(Rule("too_many_characters", "characters", high=most, option="max_characters"))
        if self.lorem_ipsum:
            rules.append(Rule("lorem_ipsum", "lorem_ipsum", high=0, option="lorem_ipsum"))
        if self.curly_bracket:
            rules.append(Rule("curly_bracket", "curly_bracket", high=0, option="curly_bracket"))
        if self.javascript and how.javascript == "text":
            rules.append(Rule("javascript", "javascript", high=0, option="javascript"))
        return tuple(replace(rule, source=f"{how.source}; {PAPER}") for rule in rules)

    def edit(self, view: View) -> Edit:
        how = self._how
        before = view.column("text")
        draft = Draft.of(view.text.data, how.lines(view), view.rows)
        if how.strip:
            draft.strip_lines()
        words = words_in_lines(draft.data, draft.starts, draft.stops)
        too_long = have_too_long_words(draft, how.shape)
        empty = draft.starts == draft.stops
        rewritten = draft.cut(citations(draft)) if how.citations else np.zeros(len(words), np.bool_)
        if how.words_after_citations and rewritten.any():
            words = words_in_lines(draft.data, draft.starts, draft.stops)
        if how.words_after_citations:
            empty = draft.starts == draft.stops
        flags = phrases(draft.data, draft.starts, draft.stops, draft.alive)
        everywhere = draft.rows_with(flags & JAVASCRIPT != 0)
        lorem, curly = draft.rows_with(flags & LOREM_IPSUM != 0), draft.rows_with(flags & CURLY_BRACKET != 0)
        drop_misshapen(draft, words, too_long, empty & how.blank, how.shape)
        if not how.flags_in_all_lines:
            lorem = draft.rows_with((flags & LOREM_IPSUM != 0) & draft.alive)
        if how.javascript == "line":
            draft.drop(flags & JAVASCRIPT != 0)
        if not how.flags_in_all_lines:
            curly = draft.rows_with((flags & CURLY_BRACKET != 0) & draft.alive)
        if how.policy:
            draft.drop(flags & POLICY != 0)
        dropped = draft.lines_in(~draft.alive & ~empty)
        sentences, known = (draft.sums(counts) for counts in _sentences_and_tokens(view, draft, rewritten))
        draft.strip_texts()
        return Edit(
            draft.texts(before),
            signals={
                "sentences": pa.array(sentences),
                "lines_dropped": pa.array(dropped),
                "characters": pa.array(characters_of(view.text.data, view.text.offsets, view.rows)),
                "lorem_ipsum": pa.array(lorem.astype(np.int64)),
                "curly_bracket": pa.array(curly.astype(np.int64)),
                "javascript": pa.array(everywhere.astype(np.int64)),
            },
            counts={token_counts.__name__: known},
        )


def _sentences_and_tokens(view: View, draft: Draft, rewritten: Mask) -> Counts:
    """How many each line has: two rows. Lines that were written anew are cut into tokens anew."""
    counts = np.zeros((2, len(draft.starts)), np.int64)
    old, new = np.flatnonzero(~rewritten), np.flatnonzero(rewritten)
    scanned = [(old, tokens(view))]
    if len(new):
        offsets = np.append(draft.starts[new], draft.stops[new[-1]])
        scanned.append((new, split_tokens(draft.data, offsets, np.arange(len(new)))))
    for lines, (starts, stops, _) in scanned:
        sentences_in_lines(draft.data, starts, stops, draft.starts, draft.stops, lines, characters(), counts)
    return counts

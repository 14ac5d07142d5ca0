"""From a recipe's lines to passes over the data: what is fused, where texts change, where rows must meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gristmill.contracts.step import CorpusStep, RowStep
from gristmill.recipe.model import Line, Recipe


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row-wise line of the recipe, and its place in it."""

    index: int
    name: str
    step: RowStep


@dataclass(frozen=True, slots=True)
class CorpusLine:
    """A whole-corpus line of the recipe, and its place in it."""

    index: int
    name: str
    step: CorpusStep


@dataclass(frozen=True, slots=True)
class Stretch:
    """Row-wise lines over one version of the text: it changes in the leading edits and nowhere after.

    What is computed in a stretch can therefore be completed later, for rows that another threshold lets
    through, from the one text that is stored for it.
    """

    edits: tuple[RowLine, ...]
    measures: tuple[RowLine, ...]

    @property
    def lines(self) -> tuple[RowLine, ...]:
        return self.edits + self.measures


@dataclass(frozen=True, slots=True)
class Pass:
    """Row-wise stretches, one read and one write of the data, then the corpus lines that follow them."""

    stretches: tuple[Stretch, ...]
    corpus: tuple[CorpusLine, ...]

    @property
    def lines(self) -> tuple[RowLine, ...]:
        return tuple(line for stretch in self.stretches for line in stretch.lines)


@dataclass(frozen=True, slots=True)
class Plan:
    passes: tuple[Pass, ...]

    def describe(self) -> list[str]:
        """The plan as lines for people."""
        out = []
        for number, one in enumerate(self.passes, 1):
            out.append(f"pass {number}: " + ("read the sources" if number == 1 else "read what stayed"))
            for stretch in one.stretches:
                if stretch.edits:
                    out.append("  edit     " + ", ".join(line.name for line in stretch.edits))
                if stretch.measures:
                    out.append("  measure  " + ", ".join(line.name for line in stretch.measures))
            if one.corpus:
                out.append("  exchange " + ", then ".join(line.name for line in one.corpus))
        out.append("deliver: apply every verdict, write records, dropped records, ledger and report")
        return out


def _looks(step: RowStep) -> bool:
    """Whether anything depends on the text as this step leaves it."""
    return not step.edits or bool(step.rules())


def _stretches(lines: Sequence[RowLine]) -> tuple[Stretch, ...]:
    """Cut where a text is edited after something has looked at it."""
    groups: list[tuple[list[RowLine], list[RowLine]]] = []
    looked = False
    for line in lines:
        if not groups or (line.step.edits and looked):
            groups.append(([], []))
            looked = False
        edits, measures = groups[-1]
        (edits if line.step.edits else measures).append(line)
        looked = looked or _looks(line.step)
    return tuple(Stretch(tuple(edits), tuple(measures)) for edits, measures in groups)


def make_plan(recipe: Recipe) -> Plan:
    """Fuse row-wise lines between exchanges, and let corpus lines in a row share one exchange."""
    passes: list[tuple[list[RowLine], list[CorpusLine]]] = [([], [])]
    for index, line in enumerate(recipe.steps):
        corpus = passes[-1][1]
        if isinstance(line.step, CorpusStep):
            corpus.append(_corpus(index, line))
        else:
            if corpus:
                passes.append(([], []))
            passes[-1][0].append(RowLine(index, line.name, line.step))
    # The first pass reads the sources even where no row-wise line stands in it.
    return Plan(tuple(Pass(_stretches(rows) or (Stretch((), ()),), tuple(corpus)) for rows, corpus in passes))


def _corpus(index: int, line: Line) -> CorpusLine:
    if not isinstance(line.step, CorpusStep):
        raise TypeError(f"{line.name} is not a corpus step")
    return CorpusLine(index, line.name, line.step)

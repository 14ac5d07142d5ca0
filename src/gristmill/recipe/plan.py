"""From a recipe's lines to passes over the data: what is fused, where texts change, where rows must meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gristmill.contracts.pieces import PieceStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import CorpusStep, RowStep
from gristmill.contracts.turnwise import Of
from gristmill.recipe.model import Recipe
from gristmill.records.kinds import Kind


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row-wise line of the recipe, and its place in it. What its step declares is asked for once."""

    index: int
    name: str
    step: RowStep
    of: Of = "all"
    signals: tuple[Signal, ...] = field(init=False)
    rules: tuple[Rule, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "signals", self.step.signals())
        object.__setattr__(self, "rules", self.step.rules())


@dataclass(frozen=True, slots=True)
class CorpusLine:
    """A whole-corpus line of the recipe, and its place in it."""

    index: int
    name: str
    step: CorpusStep
    of: Of = "all"


@dataclass(frozen=True, slots=True)
class CutLine:
    """A line that cuts texts by the whole corpus. It is also the first edit of the pass behind."""

    index: int
    name: str
    step: PieceStep


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
    """Row-wise stretches, one read and one write of the data, then the corpus lines that follow them.

    A line that cuts is settled last of all: the next pass begins with what it found.
    """

    stretches: tuple[Stretch, ...]
    corpus: tuple[CorpusLine, ...]
    cut: CutLine | None = None
    kind: Kind = "document"

    @property
    def lines(self) -> tuple[RowLine, ...]:
        return tuple(line for stretch in self.stretches for line in stretch.lines)

    @property
    def counted(self) -> tuple[RowLine | CorpusLine, ...]:
        """The lines that the funnel tells of, in their order."""
        return (*self.lines, *self.corpus)

    @property
    def meeting(self) -> tuple[CorpusLine | CutLine, ...]:
        """The lines that bring rows together behind the pass."""
        return self.corpus if self.cut is None else (*self.corpus, self.cut)


@dataclass(frozen=True, slots=True)
class Plan:
    passes: tuple[Pass, ...]

    @property
    def kind(self) -> Kind:
        """The kind of its records."""
        return self.passes[0].kind

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
            if one.meeting:
                out.append("  exchange " + ", then ".join(line.name for line in one.meeting))
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
    passes: list[Pass] = []
    rows: list[RowLine] = []
    corpus: list[CorpusLine] = []

    def end(cut: CutLine | None = None) -> None:
        # The first pass reads the sources even where no row-wise line stands in it.
        passes.append(Pass(_stretches(rows) or (Stretch((), ()),), tuple(corpus), cut, recipe.kind))
        rows.clear()
        corpus.clear()

    for index, line in enumerate(recipe.steps):
        if isinstance(line.step, CorpusStep):
            corpus.append(CorpusLine(index, line.name, line.step, line.of))
            continue
        if isinstance(line.step, PieceStep):
            end(CutLine(index, line.name, line.step))
        elif corpus:
            end()
        rows.append(RowLine(index, line.name, line.step, line.of))
    end()
    return Plan(tuple(passes))

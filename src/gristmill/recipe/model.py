"""A recipe as objects: what to read, the steps in order, what to write. YAML is another spelling of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationInfo, field_validator, model_validator

from gristmill.contracts.reader import Reader
from gristmill.contracts.sink import Sink
from gristmill.contracts.step import CorpusStep, RowStep, Step
from gristmill.contracts.turnwise import Of
from gristmill.records.kinds import Kind

LINE_NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,62}$"
READ, WORKER = "read", "worker"
"""What the ledger calls the step before the first, and one whose worker died; no line may have these names."""


class Dropped(BaseModel):
    """What is kept of dropped records beside the ledger, which has a row for each of them anyway."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: bool = Field(True, description="Keep dropped records with their text, in a folder for each step.")
    max_mb_per_step: int = Field(1024, ge=0, description="Text kept for one step, in MB; parts beyond it are left out.")


class Limits(BaseModel):
    """When one record, or the whole build, is given up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds_per_record: float = Field(
        60.0, gt=0, description="A record that takes longer is quarantined; time without a processor hardly counts."
    )
    max_quarantined: float = Field(
        0.5, ge=0, le=1, description="The build stops when a larger share of the records read is in quarantine."
    )


class Line(BaseModel):
    """One line of a recipe's steps: a step under a name that is unique in the recipe.

    The name is the step's own unless the recipe gives another (`as`), or the same step stands in it twice: the
    second is then `step_2`. It names a folder and columns of the build. `of` says which turns of a record the step
    works on, where records have several texts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=LINE_NAME)
    step: SerializeAsAny[RowStep | CorpusStep]
    of: Of = "all"


class OfTurns(NamedTuple):
    """A step without a name of its own, and the turns of a record that it works on."""

    step: Step
    of: Of


class Recipe(BaseModel):
    """Inputs, steps and outputs, checked. `recipe.load` makes one from YAML and `recipe.dump` writes it back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", description="What the build is called.")
    root: Path = Field(Path(), description="The folder that relative paths begin at: the recipe's own.")
    inputs: tuple[SerializeAsAny[Reader], ...] = Field(min_length=1, description="What to read.")
    steps: tuple[Line, ...] = Field((), description="What to do, in order.")
    outputs: tuple[SerializeAsAny[Sink], ...] = Field(min_length=1, description="What to write the kept records as.")
    build: str | None = Field(None, description="The build folder, beside the recipe; builds/NAME unless given.")
    dropped: Dropped = Field(Dropped(), description="What is kept of dropped records.")
    limits: Limits = Field(Limits(), description="When a record or the build is given up.")

    @field_validator("steps")
    @classmethod
    def _steps_know_the_folder(cls, steps: tuple[Line, ...], info: ValidationInfo) -> tuple[Line, ...]:
        root = info.data.get("root", Path())
        return tuple(line.model_copy(update={"step": line.step.at(root)}) for line in steps)

    @field_validator("outputs")
    @classmethod
    def _outputs_know_the_folder(cls, outputs: tuple[Sink, ...], info: ValidationInfo) -> tuple[Sink, ...]:
        return tuple(sink.at(info.data.get("root", Path())) for sink in outputs)

    @model_validator(mode="after")
    def _line_names_are_unique(self) -> Recipe:
        taken = {READ, WORKER}
        for line in self.steps:
            if line.name in taken:
                raise ValueError(f"two steps would be called {line.name!r}: give one another name with `as`")
            taken.add(line.name)
        return self

    @property
    def kind(self) -> Kind:
        """The kind of its records: all its inputs give the same."""
        return self.inputs[0].kind

    @property
    def folder(self) -> Path:
        """The build folder."""
        return self.root / (self.build or f"builds/{self.name}")


def lines(*steps: Step | OfTurns | Line) -> tuple[Line, ...]:
    """Name steps by their kind; a kind that comes again gets a number. A `Line` keeps its name."""
    seen: dict[str, int] = {}
    out = []
    for given in steps:
        if isinstance(given, Line):
            out.append(given)
            continue
        step, of = given if isinstance(given, OfTurns) else OfTurns(given, "all")
        if not isinstance(step, RowStep | CorpusStep):
            raise TypeError(f"{type(step).__name__} is neither a RowStep nor a CorpusStep")
        count = seen[step.name()] = seen.get(step.name(), 0) + 1
        out.append(Line(name=step.name() if count == 1 else f"{step.name()}_{count}", step=step, of=of))
    return tuple(out)

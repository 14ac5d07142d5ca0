"""What cannot work, or hardly was meant, in a well-formed recipe and the files that its options name. Reads no row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gristmill.contracts.pieces import PieceStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.selecting import SelectStep
from gristmill.contracts.step import CorpusStep, RowStep, Step
from gristmill.contracts.turnwise import choices
from gristmill.errors import Place, RecipeError, near_miss
from gristmill.recipe.findings import Finding, Path, all_signals, at
from gristmill.recipe.lint_selections import selections
from gristmill.recipe.lint_splits import splits
from gristmill.recipe.model import Recipe
from gristmill.records.kinds import COLUMNS

EXTRACT = "extract"
"""The step that turns pages into texts."""

_ROOMS = ("quality", "language", "dedup", "decontaminate", "protect", "safety", "converse", "audit", "arrange")
_READ_TEXT = tuple(f"gristmill.{room}." for room in _ROOMS)
"""Rooms whose steps look at the text, and see none before pages are extracted."""


def lint(recipe: Recipe) -> list[Finding]:
    """Everything found, in the order of the recipe."""
    return [finding for check in _CHECKS for finding in check(recipe)]


def refuse(recipe: Recipe, place: Callable[[Path], Place | None] = lambda _: None) -> None:
    """Raise RecipeError with every error found; `place` says where a part of the recipe is written."""
    found = [RecipeError(one.message, place(one.path)) for one in lint(recipe) if one.grade == "error"]
    if found:
        raise RecipeError.together(found)


def _repeated_ends(recipe: Recipe) -> Iterator[Finding]:
    for index, reader in enumerate(recipe.inputs):
        if reader in recipe.inputs[:index]:
            yield Finding("error", f"the same input stands here twice: {reader.name()}", ("inputs", index))
        if reader.kind != recipe.kind:
            given = f"{recipe.inputs[0].name()} gives {recipe.kind}s and {reader.name()} {reader.kind}s"
            message = f"{given}: the records of a build are of one kind, so make a recipe of each"
            yield Finding("error", message, ("inputs", index))
    for index, sink in enumerate(recipe.outputs):
        if recipe.kind not in sink.takes:
            taken = " and ".join(f"{kind}s" for kind in sink.takes)
            message = f"{sink.name()} writes {taken}, and this recipe reads {recipe.kind}s"
            yield Finding("error", message, ("outputs", index))
        if sink in recipe.outputs[:index]:
            yield Finding("error", f"{sink.name()} stands here twice with the same settings", ("outputs", index))


def _pages(recipe: Recipe) -> Iterator[Finding]:
    """Pages need `extract`, and it must come before what looks at texts."""
    pages = [index for index, reader in enumerate(recipe.inputs) if reader.gives_payload]
    if not pages:
        return
    extracts = [index for index, line in enumerate(recipe.steps) if _extracts(line.step)]
    if not extracts:
        name = recipe.inputs[pages[0]].name()
        message = f"{name} gives pages, not texts: add the step {EXTRACT!r} before the steps that look at text"
        yield Finding("error", message, ("inputs", pages[0], name))
        return
    extract = recipe.steps[extracts[0]].name
    for index, line in enumerate(recipe.steps[: extracts[0]]):
        if line.step.reads_text and type(line.step).__module__.startswith(_READ_TEXT):
            message = f"{line.name} looks at the text of pages before {extract!r} has made it: move it below"
            yield Finding("error", message, at(recipe, index))
    for index, line in enumerate(recipe.steps[extracts[0] :], extracts[0]):
        if line.step.reads_payload and not line.step.reads_kept and not _extracts(line.step):
            message = f"{line.name} looks at pages as they were found, which {extract!r} leaves behind: move it above"
            yield Finding("error", message, at(recipe, index))


def _extracts(step: Step) -> bool:
    ours = type(step).__module__.startswith("gristmill.")
    return step.name() == EXTRACT if ours else isinstance(step, RowStep) and step.edits


def _outside(recipe: Recipe) -> Iterator[Finding]:
    """Files that options name and that are not as they should be."""
    for index, line in enumerate(recipe.steps):
        for option, sentence in line.step.faults().items():
            yield Finding("error", f"{option} of {line.name}: {sentence}", at(recipe, index, option))
    for index, sink in enumerate(recipe.outputs):
        for option, sentence in sink.faults().items():
            yield Finding("error", f"{option} of {sink.name()}: {sentence}", ("outputs", index, sink.name(), option))


def _bounds(recipe: Recipe) -> Iterator[Finding]:
    """Rules that no record can meet, or that none can break."""
    for index, line in enumerate(recipe.steps):
        if not isinstance(line.step, RowStep):
            continue
        signals = {signal.name: signal for signal in line.step.signals()}
        for rule in line.step.rules():
            path = at(recipe, index, rule.option)
            signal = signals.get(rule.signal)
            if signal is None:
                message = f"the rule {rule.reason} of {line.name} bounds {rule.signal!r}, which it does not measure"
                yield Finding("error", f"{message}: {near_miss(rule.signal, signals)}", path)
            elif problem := impossible(rule, signal):
                subject = rule.option or rule.reason
                yield Finding("error", f"{subject} of {line.name} {problem}", path)


def impossible(rule: Rule, signal: Signal) -> str:
    """Why a rule would fire for every record or for none, by the values its signal can take; empty if neither."""
    if rule.values is not None and not rule.values:
        return "allows no value: every record would be dropped"
    low = -float("inf") if rule.low is None else rule.low
    high = float("inf") if rule.high is None else rule.high
    open_ = rule.open_low or rule.open_high
    said = f"asks for {signal.name} {rule.bound}"
    if low > high or (low == high and open_):
        return f"{said}, which no number is: every record would be dropped"
    if low > signal.high or high < signal.low or (rule.open_low and low == signal.high):
        return f"{said}, and {_range(signal)}: every record would be dropped"
    if low < signal.low and rule.low is not None:
        return f"{said}, and {_range(signal)}: the rule could drop nothing"
    if high > signal.high and rule.high is not None:
        percent = f"; did you mean {high / 100:g}?" if signal.kind == "share" and high <= 100 else ""
        return f"{said}, and {_range(signal)}: the rule could drop nothing{percent}"
    return ""


def _range(signal: Signal) -> str:
    return "a share is between 0 and 1" if signal.kind == "share" else f"a {signal.kind} is never below {signal.low:g}"


def _keep_signals(recipe: Recipe) -> Iterator[Finding]:
    """`keep_signal` names a number that a step before it measures."""
    known: dict[str, Signal] = {}
    later = {name: index for index, name, _ in all_signals(recipe)}
    for index, line in enumerate(recipe.steps):
        step = line.step
        if isinstance(step, RowStep):
            known |= {f"{line.name}.{signal.name}": signal for signal in step.signals()}
            continue
        path = at(recipe, index, "keep_signal")
        if (step.keep == "best_signal") != (step.keep_signal is not None):
            yield Finding("error", f"{line.name}: keep: best_signal and keep_signal go together", path)
        if step.keep_signal is None:
            continue
        if step.keep_signal in known:
            if known[step.keep_signal].kind in ("label", "spans"):
                yield Finding("error", f"keep_signal {step.keep_signal!r} is a label, and has no highest", path)
        elif step.keep_signal in later:
            after = recipe.steps[later[step.keep_signal]].name
            yield Finding("error", f"keep_signal {step.keep_signal!r} is measured by {after}, after {line.name}", path)
        else:
            numbers = [name for name, signal in known.items() if signal.kind not in ("label", "spans")]
            message = f"no step measures the signal {step.keep_signal!r}: {near_miss(step.keep_signal, numbers)}"
            yield Finding("error", message, path)


def _output_signals(recipe: Recipe) -> Iterator[Finding]:
    """Signals that an output is to carry, where that kind of output takes any."""
    known = {name for _, name, _ in all_signals(recipe)}
    for index, sink in enumerate(recipe.outputs):
        asked = getattr(sink, "signals", ())
        for name in asked if isinstance(asked, tuple) else ():
            if name not in known:
                message = f"no step measures the signal {name!r}: {near_miss(name, known)}"
                yield Finding("error", message, ("outputs", index, sink.name(), "signals"))


def _labels(recipe: Recipe) -> Iterator[Finding]:
    """Columns of clusters that would stand in the place of others."""
    taken = dict.fromkeys(COLUMNS[recipe.kind].names, "every record")
    for line in recipe.steps:
        if isinstance(line.step, RowStep):
            added = [*line.step.adds, *(signal.name for signal in line.step.signals() if signal.column)]
            taken |= dict.fromkeys(added, line.name)
    for index, line in enumerate(recipe.steps):
        if isinstance(line.step, CorpusStep):
            if line.step.annotate and line.step.copies > 1:
                yield Finding(
                    "error", f"{line.name}: annotate lets all stay, so copies says nothing", at(recipe, index)
                )
            for name in line.step.labels():
                if name in taken:
                    message = f"{line.name} adds the column {name!r}, which {taken[name]} has: set its column_prefix"
                    yield Finding("error", message, at(recipe, index, "column_prefix"))
            taken |= dict.fromkeys(line.step.labels(), line.name)


def _turns(recipe: Recipe) -> Iterator[Finding]:
    """Lines that ask for turns that no record has, and steps for another kind of record."""
    known = choices(recipe.kind)
    for index, line in enumerate(recipe.steps):
        if line.of not in known:
            others = f"there are {', '.join(known[1:])}" if known[1:] else "it is one text"
            message = f"{line.name} is to work on {line.of!r}, which no {recipe.kind} has; {others}"
            yield Finding("error", message, at(recipe, index, "of"))
        if recipe.kind not in line.step.works_on:
            taken = " and ".join(f"{kind}s" for kind in line.step.works_on)
            message = f"{line.name} works on {taken}, and this recipe reads {recipe.kind}s"
            yield Finding("error", message, at(recipe, index))


def _order(recipe: Recipe) -> Iterator[Finding]:
    """Orders that work and are seldom meant."""
    for index, line in enumerate(recipe.steps):
        earlier = recipe.steps[:index]
        twin = next((other for other in earlier if other.step == line.step and other.of == line.of), None)
        if twin and (isinstance(line.step, CorpusStep) or not line.step.edits):
            yield Finding("warning", f"{line.name} is {twin.name} once more, and finds nothing new", at(recipe, index))
        merging = next((o for o in earlier if _chooses(o.step)), None)
        if merging and isinstance(line.step, RowStep) and line.step.rules() and not isinstance(line.step, PieceStep):
            message = (
                f"{line.name} drops records after {merging.name} has chosen between copies: where it drops the copy "
                f"that stayed, none is left; move {merging.name} below it"
            )
            yield Finding("warning", message, at(recipe, index))
        if getattr(line.step, "measure", "") == "containment" and getattr(line.step, "keep", "") != "longest":
            message = (
                f"{line.name} measures containment: with keep: longest an excerpt goes for its whole, else it stays"
            )
            yield Finding("warning", message, at(recipe, index, "keep"))
        if line.step.name() == "exact_duplicates" and any(o.step.name() == "near_duplicates" for o in earlier):
            message = f"{line.name} is cheap and makes near_duplicates cheaper: put it first"
            yield Finding("warning", message, at(recipe, index))


def _chooses(step: Step) -> bool:
    """Whether it lets one of several copies stay."""
    chooses = isinstance(step, CorpusStep) and not step.annotate and not isinstance(step, SelectStep)
    return isinstance(step, PieceStep) or chooses


_CHECKS: tuple[Callable[[Recipe], Iterator[Finding]], ...] = (
    _repeated_ends,
    _pages,
    _outside,
    _bounds,
    _keep_signals,
    _output_signals,
    _labels,
    _turns,
    splits,
    selections,
    _order,
)

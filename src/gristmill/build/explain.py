"""Explains what became of one record: every step on its way, every value with its rule, where it went."""

# ruff: noqa: S608 - values are parameters; names of columns and files are quoted

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from gristmill.build.finished import Finished, RuleEntry, StepEntry, identifier
from gristmill.build.ledger import DROPPED, MERGED, QUARANTINED
from gristmill.build.spoken import EVIDENCE, Spoken, spoken
from gristmill.build.stored import Spot, texts
from gristmill.build.textdiff import Diff, compare
from gristmill.errors import GristmillError, RecordNotFoundError

MOST_MERGED = 10


class Version(Protocol):
    """The text of a record before and after a step that edits."""

    @property
    def step(self) -> str: ...
    @property
    def text_before(self) -> str: ...
    @property
    def text_after(self) -> str: ...


Replay = Callable[[Path, str, str, int], Sequence[Version]]
"""Reads a record (build, rid, source, position) again and gives every version of its text."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule beside a value. The margin is how far inside the nearest bound the value lies; negative is outside."""

    reason: str
    bound: str
    margin: float | None
    broken: bool
    source: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A signal of the record and the rules that bound it. The value is None where it was not measured."""

    signal: str
    value: float | int | str | None
    description: str
    bounds: tuple[Bound, ...]

    @property
    def found_nothing(self) -> bool:
        """Whether it is a check of a linter, and there was nothing to find."""
        return self.description.startswith(("error: ", "warning: ")) and self.value == 0


@dataclass(frozen=True, slots=True)
class Cut:
    """Bytes of the text as it came to a step, cut because the twin has the same; where there is one."""

    start: int
    stop: int
    text: str
    twin: str | None
    twin_start: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a step did to the text; without a diff where the texts could not be had."""

    bytes_before: int
    bytes_after: int
    diff: Diff | None
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class Station:
    """A step on the record's way, the last one included."""

    step: str
    ended: bool
    change: Change | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """The record it was merged into, or is a copy of, and how the two differ (left is the record itself)."""

    rid: str
    id: str | None
    url: str | None
    source: str
    position: int
    similarity: float | None
    file: str | None
    row: int | None
    diff: Diff | None


@dataclass(frozen=True, slots=True)
class Explanation:
    rid: str
    id: str | None
    url: str | None
    time: datetime | None
    source: str
    position: int
    fate: str
    sentence: str
    selection: tuple[str, ...]  # a sentence for each line that ranked it: where it stood, and beside whom
    split: str | None  # which split it is in and why; None where the build makes none
    bytes_read: int | None
    bytes: int | None
    words: int | None
    stations: tuple[Station, ...]
    twin: Twin | None
    merged_into_it: int
    merged_rids: tuple[str, ...]
    cluster: str | None
    cluster_size: int | None
    file: str | None
    row: int | None
    text: str | None
    turns: tuple[Spoken, ...]  # of a record of several texts
    notes: tuple[str, ...]


def explain(build: Finished, rid: str, replay: Replay | None = None) -> Explanation:
    """Everything the build knows of a record. Edits are shown where `replay` can read the source again."""
    record = _record(build, rid)
    if record is None:
        raise RecordNotFoundError(f"no record of {build.root} has the rid {rid!r}")
    notes: list[str] = []
    versions = _versions(build, record, replay, notes)
    text = _text(build, record, notes)
    merged = _merged(build, record)
    stations = _stations(build, record, versions)
    chosen = _chosen(build, record)
    return Explanation(
        **{name: record[name] for name in ("rid", "id", "url", "time", "source", "position", "fate")},
        **{name: record[name] for name in ("bytes_read", "bytes", "words", "file", "row", "cluster")},
        cluster_size=record.get("cluster_size"),  # a build of an earlier version has none
        sentence=_sentence(record),
        selection=tuple(map(_selection, chosen)),
        split=_split(build, record),
        stations=stations,
        twin=_twin(build, record, text) or _neighbour(build, chosen, text),
        merged_into_it=len(merged),
        merged_rids=tuple(merged[:MOST_MERGED]),
        text=text,
        turns=_turns(build, record, text, stations),
        notes=tuple(notes),
    )


def _record(build: Finished, rid: str) -> dict[str, Any] | None:
    # As microseconds: DuckDB gives aware times only where pytz is installed.
    record = build.row("SELECT * REPLACE (epoch_us(time) AS time) FROM records WHERE rid = ?", [rid])
    if record is not None and record["time"] is not None:
        record["time"] = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=record["time"])
    return record


def _merged(build: Finished, record: dict[str, Any]) -> list[str]:
    """The rids of the records that were merged into this one."""
    if record["cluster"] is None:
        return []
    merged = "SELECT rid FROM records WHERE fate = 'merged' AND twin = ? AND twin_index IS NULL ORDER BY rid"
    return [rid for (rid,) in build.query(merged, [record["rid"]])]


def _versions(build: Finished, record: dict[str, Any], replay: Replay | None, notes: list[str]) -> dict[str, Version]:
    if replay is None or not record["edits"]:
        return {}
    try:
        return {
            version.step: version for version in replay(build.root, record["rid"], record["source"], record["position"])
        }
    except (GristmillError, OSError) as error:
        notes.append(f"The edits are not shown, the source could not be read again: {error}.")
        return {}


def _text(build: Finished, record: dict[str, Any], notes: list[str]) -> str | None:
    if record["file"] is not None:
        spot = Spot(record["file"], record["row"])
        if spot in (found := texts(build, [spot])):
            return found[spot]
        if record["fate"] == DROPPED and not record["bytes"]:
            notes.append("It went before any step had made a text of it.")
            return None
        notes.append(f"The text is gone from the build: {spot.file} holds no row {spot.row}.")
    elif record["fate"] != QUARANTINED:
        notes.append("The build did not keep its text.")
    return None


def _turns(
    build: Finished, record: dict[str, Any], text: str | None, stations: Sequence[Station]
) -> tuple[Spoken, ...]:
    if text is None or build.manifest.kind == "document":
        return ()
    readings = (reading for station in stations for reading in station.readings)
    evidence = [str(reading.value) for reading in readings if reading.signal == EVIDENCE and reading.value]
    return spoken(build, Spot(record["file"], record["row"]), text, evidence)


def _sentence(record: dict[str, Any]) -> str:
    where = f"{record['file']}, row {record['row']}" if record["file"] else ""
    if record["fate"] == DROPPED:
        reasons = [_broken(reason) for reason in record["reasons"] or []]
        why = "; ".join(reasons) if reasons else "it gave no reason"
        return f"Dropped by {record['step']}: {why}."
    if record["fate"] == MERGED:
        alike = "" if record["similarity"] is None else f", similarity {record['similarity']:.3f}"
        where = f" of the index {record['twin_index']}" if record["twin_index"] else ""
        return f"Merged by {record['step']} into {record['twin']}{where}{alike}."
    if record["fate"] == QUARANTINED:
        return f"Quarantined at {record['step']}: {record['error']}"
    kept = f"Kept: {where}." if where else "Kept."
    if record.get("cluster_size") is None:
        return kept
    return f"{kept} {record['clustered_by']} found a cluster of {record['cluster_size']} that it is in."


def _chosen(build: Finished, record: dict[str, Any]) -> list[dict[str, Any]]:
    """What the lines that select said of a record, in their order."""
    order = {step.name: place for place, step in enumerate(build.manifest.steps)}
    columns = (
        "step",
        "selected",
        "reason",
        "stratum",
        "score",
        "rank",
        "last_rank",
        "cut_off",
        "neighbour",
        "distance",
    )
    found = build.query(f"SELECT {', '.join(columns)} FROM selection WHERE rid = ?", [record["rid"]])
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    return sorted(rows, key=lambda row: order.get(row["step"], 0))


def _selection(row: dict[str, Any]) -> str:
    """Whether a record was selected, where it stood and who was taken beside it."""
    if row["neighbour"] is not None and row["rank"] is None:
        why = "says otherwise" if row["score"] <= 0.5 else "goes on in a circle"
        told = f"{row['step']}: {row['score']:.0%} of those that judged its answers agree with it"
        return f"{told}; {row['neighbour']} {why}"
    if row["neighbour"] is not None and row["distance"] is None:
        told = f"{row['step']}: its label, {row['stratum']}, is likely wrong (share {row['score']:.4f}, rank"
        return f"{told} {row['rank']:,}); that of {row['neighbour']} fits better"
    told = f"{row['step']}: " + ("selected" if row["selected"] else f"not selected, {row['reason']}")
    if row["score"] is not None:
        told += f"; score {row['score']:.6g}"
    if row["rank"] is not None:
        told += f", rank {row['rank']:,}" + ("" if row["stratum"] is None else f" in {row['stratum']}")
    if row["last_rank"] is not None:
        told += f"; the last one selected{' there' if row['stratum'] is not None else ''} has rank {row['last_rank']:,}"
        told += "" if row["cut_off"] is None else f" and score {row['cut_off']:.6g}"
    if row["neighbour"] is not None:
        told += f"; {row['neighbour']}, which was taken{' before' if row['selected'] else ''}, is at distance"
        told += f" {row['distance']:.4f}"
    return told


def _neighbour(build: Finished, chosen: Sequence[dict[str, Any]], text: str | None) -> Twin | None:
    """Of a record that was not selected: the one that was, instead of it."""
    if not chosen or chosen[-1]["selected"] or chosen[-1]["distance"] is None:
        return None
    return _beside(build, chosen[-1]["neighbour"], 1 - chosen[-1]["distance"], text)


def _split(build: Finished, record: dict[str, Any]) -> str | None:
    """The split of a record, its group and what ties it to others."""
    found = build.row("SELECT * FROM splits WHERE rid = ?", [record["rid"]])
    if found is None:
        return None
    where = "in no split" if found["split"] is None else f"in {found['split']}"
    if found["group_size"] == 1:
        told = "by itself, tied to no other record"
    else:
        told = f"with the {found['group_size']} records of group {found['group'][:12]}"
        if found["twin"] is not None:
            alike = "" if found["similarity"] is None else f", {found['similarity']:.3f} alike"
            told += f", tied by {' and '.join(found['ties'])}; nearest is {found['twin'][:12]}{alike}"
    before = "" if found["before"] is None else f"; an earlier build had its text in {found['before']}"
    return f"{where}, {told}{before}"


def _broken(reason: dict[str, Any]) -> str:
    value = reason["label"] if reason["value"] is None else f"{reason['value']:.6g}"
    if value is None:
        return str(reason["reason"])
    return f"{reason['reason']} ({reason['signal'].rpartition('.')[2]} is {value}, asked is {reason['bound']})"


def _stations(build: Finished, record: dict[str, Any], versions: dict[str, Version]) -> tuple[Station, ...]:
    part = str(build.layout.signals / Path(record["filename"]).name)
    measured = build.row(f"SELECT {_columns(build)} FROM signals WHERE filename = ? AND rid = ?", [part, record["rid"]])
    edits = {edit["step"]: edit for edit in record["edits"] or []}
    stations = []
    if record["step"] == "read":
        return (Station("read", True, None, ()),)
    for step in build.manifest.steps:
        ended = step.name == record["step"]
        values = (measured or {}) | _named(build, record["rid"], step)
        readings = tuple(_reading(step, signal.name, signal.description, values) for signal in step.signals)
        change = None
        if step.name in edits:
            change = _change(edits[step.name], versions.get(step.name), _cuts(build, record["rid"], step.name))
        stations.append(Station(step.name, ended, change, readings))
        if ended:
            break
    return tuple(stations)


def _named(build: Finished, rid: str, step: StepEntry) -> dict[str, str]:
    """The stretches that a step named in the text, as the values of its signals that are spans."""
    names = [step.column(signal.name) for signal in step.signals if signal.kind == "spans"]
    if not names:
        return {}
    asked = "SELECT kind, start, stop, action FROM spans WHERE rid = ? AND step = ? ORDER BY start"
    found = build.query(asked, [rid, step.name])
    told = "; ".join(f"{kind} at bytes {start} to {stop}: {action}" for kind, start, stop, action in found)
    return dict.fromkeys(names, told) if told else {}


def _columns(build: Finished) -> str:
    return ", ".join(["rid", *(identifier(name) for name in sorted(build.signal_columns))])


def _reading(step: StepEntry, signal: str, description: str, measured: dict[str, Any]) -> Reading:
    column = step.column(signal)
    value = measured.get(column)
    bounds = tuple(_bound(rule, value) for rule in step.rules if step.column(rule.signal) == column)
    return Reading(signal, value, description, bounds)


def _bound(rule: RuleEntry, value: float | int | str | None) -> Bound:
    margin, broken = None, False
    if isinstance(value, str):
        broken = rule.values is not None and value not in rule.values
    elif value is not None and not math.isnan(value):
        inside = ([] if rule.low is None else [value - rule.low]) + ([] if rule.high is None else [rule.high - value])
        margin = min(inside, default=None)
        broken = _below(rule, value) or _above(rule, value)
    return Bound(rule.reason, rule.bound, margin, broken, rule.source)


def _below(rule: RuleEntry, value: float) -> bool:
    return rule.low is not None and (value <= rule.low if rule.open_low else value < rule.low)


def _above(rule: RuleEntry, value: float) -> bool:
    return rule.high is not None and (value >= rule.high if rule.open_high else value > rule.high)


def _change(edit: dict[str, Any], version: Version | None, cuts: tuple[Cut, ...]) -> Change:
    diff = compare(version.text_before, version.text_after) if version else None
    return Change(edit["bytes_before"], edit["bytes_after"], diff, cuts)


def _cuts(build: Finished, rid: str, step: str) -> tuple[Cut, ...]:
    rows = build.query(
        "SELECT start, stop, text, twin, twin_start FROM cuts WHERE rid = ? AND step = ? ORDER BY start", [rid, step]
    )
    return tuple(Cut(*row) for row in rows)


def _twin(build: Finished, record: dict[str, Any], text: str | None) -> Twin | None:
    if record["twin"] is None or record["twin_index"] is not None:  # a record elsewhere may even have the same rid
        return None
    return _beside(build, record["twin"], record["similarity"], text)


def _beside(build: Finished, rid: str, similarity: float | None, text: str | None) -> Twin | None:
    twin = _record(build, rid)
    if twin is None:
        return None
    other = None
    if twin["file"] is not None:
        spot = Spot(twin["file"], twin["row"])
        other = texts(build, [spot]).get(spot)
    return Twin(
        **{name: twin[name] for name in ("rid", "id", "url", "source", "position", "file", "row")},
        similarity=similarity,
        diff=None if text is None or other is None else compare(text, other),
    )

"""Explains what became of one record: every step on its way, every value with its rule, where it went."""

# ruff: noqa: S608 - values are parameters; names of columns and files are quoted

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gristmill.build.explanation import Change, Cut, Explanation, Replay, Station, Twin, Version
from gristmill.build.finished import Finished, identifier
from gristmill.build.ledger import DROPPED, QUARANTINED
from gristmill.build.manifest import StepEntry
from gristmill.build.readings import reading
from gristmill.build.sentences import said_of_fate, said_of_selection, said_of_split
from gristmill.build.spoken import EVIDENCE, Spoken, spoken
from gristmill.build.stored import Spot, texts
from gristmill.build.textdiff import compare
from gristmill.errors import GristmillError, RecordNotFoundError

MOST_MERGED = 10


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
    split = build.row("SELECT * FROM splits WHERE rid = ?", [rid])
    return Explanation(
        **{name: record[name] for name in ("rid", "id", "url", "time", "source", "position", "fate")},
        **{name: record[name] for name in ("bytes_read", "bytes", "words", "file", "row", "cluster")},
        cluster_size=record.get("cluster_size"),  # a build of an earlier version has none
        sentence=said_of_fate(record),
        selection=tuple(map(said_of_selection, chosen)),
        split=None if split is None else said_of_split(split),
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


def _neighbour(build: Finished, chosen: Sequence[dict[str, Any]], text: str | None) -> Twin | None:
    """Of a record that was not selected: the one that was, instead of it."""
    if not chosen or chosen[-1]["selected"] or chosen[-1]["distance"] is None:
        return None
    return _beside(build, chosen[-1]["neighbour"], 1 - chosen[-1]["distance"], text)


def _stations(build: Finished, record: dict[str, Any], versions: dict[str, Version]) -> tuple[Station, ...]:
    part = str(build.layout.signals / Path(record["filename"]).name)
    measured = build.row(f"SELECT {_columns(build)} FROM signals WHERE filename = ? AND rid = ?", [part, record["rid"]])
    edits = {edit["step"]: edit for edit in record["edits"] or []}
    stations = []
    if record["step"] == "read":
        return (Station("read", True, None, ()),)
    for step in build.manifest.steps:
        ended = step.name == record["step"]
        values = (measured or {}) | _named(build, record["rid"], step, measured or {})
        readings = tuple(reading(step, signal.name, signal.description, values) for signal in step.signals)
        change = None
        if step.name in edits:
            change = _change(edits[step.name], versions.get(step.name), _cuts(build, record["rid"], step.name))
        stations.append(Station(step.name, ended, change, readings))
        if ended:
            break
    return tuple(stations)


def _named(build: Finished, rid: str, step: StepEntry, measured: Mapping[str, Any]) -> dict[str, str]:
    """The stretches that a step named in the text, as the values of its signals that are spans.

    "none" where it looked for them, as its other signals tell, and there were none.
    """
    names = [step.column(signal.name) for signal in step.signals if signal.kind == "spans"]
    if not names:
        return {}
    asked = "SELECT kind, start, stop, action FROM spans WHERE rid = ? AND step = ? ORDER BY start"
    found = build.query(asked, [rid, step.name])
    told = "; ".join(f"{kind} at bytes {start} to {stop}: {action}" for kind, start, stop, action in found)
    looked = any(measured.get(step.column(signal.name)) is not None for signal in step.signals)
    return dict.fromkeys(names, told or "none") if told or looked else {}


def _columns(build: Finished) -> str:
    return ", ".join(["rid", *(identifier(name) for name in sorted(build.signal_columns))])


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

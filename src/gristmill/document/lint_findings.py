"""What the linters found, by check: how often, what became of the records, and a few of them as they were said."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted
from dataclasses import dataclass

from gristmill.build.finished import Finished, identifier
from gristmill.build.manifest import StepEntry
from gristmill.build.spoken import EVIDENCE
from gristmill.document import figures, talks
from gristmill.document.markup import Html, join, tag
from gristmill.document.rules import SAMPLE_KEY
from gristmill.document.section import Section, folded, note, table
from gristmill.document.visible import shown

_SEVERITIES = ("error", "warning")


@dataclass(frozen=True, slots=True)
class Finding:
    """A check of a linter that found something."""

    step: StepEntry
    check: str
    severity: str
    means: str
    found: int
    dropped: int
    kept: int
    rids: tuple[str, ...]


def findings(build: Finished, each: int) -> list[Finding]:
    """Errors first, the most frequent first."""
    found: list[Finding] = []
    for step in build.manifest.steps:
        checks = [s for s in step.signals if _is_check(s.description) and step.column(s.name) in build.signal_columns]
        if not checks:
            continue
        told = [f"{identifier(step.column(check.name))} > 0" for check in checks]
        counts = ", ".join(
            f"count(*) FILTER ({one}), count(*) FILTER ({one} AND fate = 'dropped' AND step = $1),"
            f" count(*) FILTER ({one} AND fate = 'kept')"
            for one in told
        )
        (row,) = build.query(f"SELECT {counts} FROM measured", [step.name])
        for at, check in enumerate(checks):
            count, dropped, kept = row[3 * at : 3 * at + 3]
            if count:
                severity, _, means = check.description.partition(": ")
                rids = _sample(build, told[at], each)
                found.append(Finding(step, check.name, severity, means, count, dropped, kept, rids))
    return sorted(found, key=lambda one: (_SEVERITIES.index(one.severity), -one.found, one.check))


def _sample(build: Finished, condition: str, each: int) -> tuple[str, ...]:
    ((rids,),) = build.query(f"SELECT arg_min(rid, {SAMPLE_KEY}, ?) FROM signals WHERE {condition}", [max(each, 1)])
    return tuple(rids)[:each]


def section(build: Finished, each: int) -> Section | None:
    """None where no step lints."""
    if build.manifest.kind == "document":
        return None
    steps = [step for step in build.manifest.steps if any(_is_check(s.description) for s in step.signals)]
    if not steps:
        return None
    found = findings(build, each)
    turns = talks.fetch(build, [rid for one in found for rid in one.rids])
    stands = _evidence(build, steps, sorted(turns))
    body: list[Html] = [_table(found)] if found else [note("No check found anything.")]
    body += [_repairs(build, step) for step in steps]
    body += [_examples(one, turns, stands) for one in found if any(rid in turns for rid in one.rids)]
    checks = sum(_is_check(signal.description) for step in steps for signal in step.signals)
    lead = (
        f"{' and '.join(step.name for step in steps)} made {checks} checks. An error makes a record unfit, and drops"
        " it unless the recipe says otherwise; a warning is for a person to weigh. Open a check for records it found."
    )
    return Section("findings", "What the checks found", lead, join(body))


def _is_check(description: str) -> bool:
    return description.partition(": ")[0] in _SEVERITIES


def _table(found: list[Finding]) -> Html:
    rows = [
        [
            tag("b", None, one.check),
            tag("span", "grave" if one.severity == "error" else "none", one.severity),
            one.means,
            figures.count(one.found),
            figures.count(one.dropped),
            figures.count(one.kept),
        ]
        for one in found
    ]
    return table(("check", "", "finds", "in records", "dropped", "kept"), rows, numbers=(3, 4, 5), name="checks")


def _repairs(build: Finished, step: StepEntry) -> Html:
    """How many records a linter with `fix` repaired."""
    if not step.settings.get("fix"):
        return Html("")
    ((count,),) = build.query(
        "SELECT count(*) FROM records WHERE list_contains([e.step FOR e IN edits], ?)", [step.name]
    )
    told = f"{step.name} repaired {figures.count(count)} records before it looked at them;"
    return note(f"{told} gristmill explain shows each repair as a diff.")


def _evidence(build: Finished, steps: list[StepEntry], rids: list[str]) -> dict[tuple[str, str, str], str]:
    """What stands where a check found something, by record, step and check."""
    out = {}
    for step in steps:
        column = step.column(EVIDENCE)
        if column not in build.signal_columns:
            continue
        query = f"SELECT rid, {identifier(column)} FROM signals WHERE list_contains(?, rid)"
        for rid, told in build.query(query, [rids]):
            for one in (told or "").split("; "):
                check, colon, stands = one.partition(": ")
                if colon:
                    out[rid, step.name, check] = stands
    return out


def _examples(
    one: Finding, turns: dict[str, list[talks.Said]], stands: dict[tuple[str, str, str], str]
) -> Html:  # fmt: skip
    drawn = []
    for rid in one.rids:
        if rid in turns:
            told = stands.get((rid, one.step.name, one.check), "")
            name = tag("code", {"title": "explain this record by these digits"}, rid[:12])
            says = tag("span", "place", shown(told, 120)) if told else ""
            drawn.append(tag("div", "sample", tag("p", "who", name, " ", says), talks.talk(turns[rid], told)))
    summary = join([tag("b", None, one.check), tag("span", "place", f"{figures.count(one.found)} records")])
    return folded(summary, tag("div", "samples", *drawn), name="twins")

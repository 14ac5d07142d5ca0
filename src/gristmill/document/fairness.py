"""Whom the filters remove: for every step and rule, groups of records that go more often than others like them."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted
from collections.abc import Mapping, Sequence

from gristmill.build.finished import Finished, literal
from gristmill.document import figures
from gristmill.document.findings import LEAST_RATIO, LEAST_RECORDS, Assessment, Finding, assess
from gristmill.document.markup import Html, join, tag
from gristmill.document.removals import FAMILIES, Family, Removals, group_of, is_group, mentions_of
from gristmill.document.rules import SAMPLE_KEY
from gristmill.document.samples import Sample, quoted
from gristmill.document.section import Section, folded, note, table
from gristmill.document.visible import shown

FOUR_FIFTHS = 0.8

_MOST_NAMED: dict[Family, int] = {"people": 12, "languages": 8, "places": 6}
_MOST_COLUMNS = 8
_MOST_ROWS = 50
_TITLES = {
    "counter_speech": "Texts that denounce hate",
    "dialect": "Dialects",
    "identity": "People who are named",
    "language": "Languages",
    "script": "Scripts",
    "source": "Sources",
    "domain": "Domains",
}
_HEADINGS: dict[Family, str] = {
    "people": "Speech and people",
    "languages": "Languages and scripts",
    "places": "Sources and domains",
}


def section(build: Finished, rids: Mapping[int, Sequence[str]], texts: Mapping[str, Sample]) -> Section:
    """The section of the report, with the texts of the `examples` of what is named."""
    found = assess(build)
    parts = [_family(found, family, rids, texts) for family in FAMILIES]
    parts.append(_missing(build))
    parts += [_survival(one) for one in found.counted]
    parts.append(_method(found))
    lead = (
        "Of the records that came to a step or rule, how many of a group went, beside others like them. What is named "
        "here went more often than chance explains; whether it should have is for a person to say."
    )
    return Section("fairness", "Whom filters remove", lead, tag("div", "fair", *(part for part in parts if part)))


def examples(build: Finished, each: int) -> dict[int, list[str]]:
    """The rids of up to `each` records (three at most) that are meant by each finding that is named, drawn by hash."""
    found = assess(build)
    named = [finding for family in FAMILIES for finding in found.of(family)[: _MOST_NAMED[family]]]
    return _examples(build, named, min(each, 3))


def _examples(build: Finished, named: Sequence[Finding], each: int) -> dict[int, list[str]]:
    """Found in one scan: what many findings ask of a record (its groups, the rules that it broke) is made once for
    each that went."""
    if not named or not each:
        return {}
    asked: list[str] = []
    parameters: list[object] = []
    for finding in named:
        condition, given = is_group(finding.dimension, finding.group)
        if finding.unit.rule is not None:
            condition += " AND list_contains(broken, ?)"
            given = [*given, finding.unit.key]
        condition = f"step = {literal(finding.unit.step.name)} AND {condition}"
        asked.append(f"arg_min(rid, drawn, {each}) FILTER ({condition})")
        parameters += given
    dimensions = {finding.dimension.key: finding.dimension for finding in named}
    groups = "".join(f", {group_of(dimension)} AS {key}" for key, dimension in dimensions.items())
    steps = ", ".join(sorted({literal(finding.unit.step.name) for finding in named}))
    broken = "[r.reason || chr(31) || r.signal for r in reasons] AS broken"
    gone = (
        f"SELECT rid, {SAMPLE_KEY} AS drawn, step, {broken}{groups} "
        f"FROM measured WHERE fate IN ('dropped', 'merged') AND step IN ({steps})"
    )
    row = build.query(f"WITH gone AS MATERIALIZED ({gone}) SELECT {', '.join(asked)} FROM gone", parameters)[0]
    return {id(finding): list(rids or ()) for finding, rids in zip(named, row, strict=True)}


def _family(
    found: Assessment, family: Family, rids: Mapping[int, Sequence[str]], texts: Mapping[str, Sample]
) -> Html | None:
    counted = [one for one in found.counted if one.dimension.family == family]
    if not counted:
        return None
    findings = found.of(family)
    title = tag("h3", None, _HEADINGS[family])
    if not findings:
        kinds = ", ".join(_TITLES[one.dimension.key].lower() for one in counted)
        number = found.tested[family]
        told = (
            f"Nothing is to be named in {figures.count(number)} comparisons of these: {kinds}."
            if number
            else f"Nothing can be compared: too few records of each group came to a filter, or went ({kinds})."
        )
        return join([title, note(told)])
    most = findings[: _MOST_NAMED[family]]
    heads = ("who", "removed by", "went", "ratio")
    head = tag("div", "rule head", *(tag("span", None, text) for text in heads))
    rows = [_finding(finding, [texts[rid] for rid in rids.get(id(finding), ()) if rid in texts]) for finding in most]
    rest = findings[len(most) :]
    more = folded(f"{figures.count(len(rest))} more", _more(rest)) if rest else ""
    return join([title, head, *rows, more])


def _finding(finding: Finding, examples: Sequence[Sample]) -> Html:
    cells = (
        tag("span", "reason", tag("b", None, shown(_called(finding), 80))),
        tag("code", None, shown(finding.unit.name, 120)),
        tag("span", "n", figures.count(finding.went), tag("small", None, figures.percent(finding.went, finding.of))),
        tag("span", "n times", finding.times),
    )
    said = tag("p", "note", _told(finding))
    texts = [quoted(sample) for sample in examples]
    return tag("details", "rulebox", tag("summary", "rule", *cells), tag("div", "samples", said, *texts))


def _called(finding: Finding) -> str:
    return "counter-speech" if finding.dimension.key == "counter_speech" else finding.group


def _told(finding: Finding) -> str:
    """The numbers behind a finding."""
    fifths = "below" if finding.survival < FOUR_FIFTHS else "within"
    q = f"{finding.q:.2g}" if finding.q >= 1e-15 else "below 1e-15"
    return (
        f"{finding.sentence()}. At the rate of all they are compared with, {finding.expected:,.3g} would have gone; "
        f"q {q}. They stay {finding.survival:.2f} times as often as others: {fifths} the four-fifths rule."
    )


def _more(findings: Sequence[Finding]) -> Html:
    rows = [
        [
            shown(_called(one), 80),
            shown(one.unit.name, 120),
            f"{figures.count(one.went)} of {figures.count(one.of)}",
            one.times,
            one.interval,
        ]
        for one in findings[:_MOST_ROWS]
    ]
    return table(("who", "removed by", "went", "ratio", "95 % interval"), rows, numbers=(2, 3, 4))


def _missing(build: Finished) -> Html | None:
    """What cannot be told for want of a step."""
    if mentions_of(build) is not None:
        return None
    return note(
        "The recipe has no step mentions. With it, early in the recipe, this section also says what the filters do to "
        "texts that name groups of people, to dialects, to texts that denounce hate, and to scripts."
    )


def _survival(one: Removals) -> Html:
    """For each group what stays at each step, and at each rule."""
    title = _TITLES[one.dimension.key]
    order = sorted(range(len(one.groups)), key=lambda at: (-int(one.read[at]), one.groups[at]))
    steps = [at for at, unit in enumerate(one.units) if unit.rule is None or len(unit.step.rules) == 1]
    steps = [at for at in steps if one.all_went[0, at].any()]
    name = {at: one.groups[at] if one.dimension.key != "counter_speech" else "counter-speech" for at in order}
    rows = [
        [shown(name[at], 60), figures.count(int(one.read[at])), figures.percent(int(one.kept[at]), int(one.read[at]))]
        + [_stays(one, at, unit) for unit in steps]
        for at in order
    ]
    heads = ["group", "records", "kept", *(one.units[at].step.name for at in steps)]
    parts = [table(heads, rows, numbers=range(1, len(heads)))]
    rules = [at for at, unit in enumerate(one.units) if unit.rule is not None and one.all_went[0, at].any()]
    most = order[:_MOST_COLUMNS]
    rules = [at for at in rules if one.went[most, at].any()]
    if rules:
        lines = [[shown(one.units[at].name, 120), *(_stays(one, group, at) for group in most)] for at in rules]
        heads = ["rule", *(shown(name[group], 30) for group in most)]
        parts.append(table(heads, lines, numbers=range(1, len(heads))))
    lead = note(
        "Of those that came to a step or rule, the share that it let stay; the rules that removed any of the most "
        "frequent groups."
    )
    return folded(f"{title}: what stays", lead, *parts)


def _stays(one: Removals, group: int, unit: int) -> str:
    came, went = int(one.came[group, unit].sum()), int(one.went[group, unit].sum())
    return figures.percent(came - went, came)


def _method(found: Assessment) -> Html:
    number = figures.count(sum(found.tested.values()))
    return note(
        f"{number} comparisons of at least {LEAST_RECORDS} records, by the test of Cochran, "
        "Mantel and Haenszel over strata (language; for speech and people length too), named at a false discovery "
        f"rate of 5 % and from a ratio of {LEAST_RATIO} on. A rule that bounds the very signal of a group (a list of "
        "languages to keep) is left out. The four-fifths rule of 29 CFR 1607.4 D (EEOC 1978) takes less than 80 % of "
        "another group's rate of selection as evidence of adverse impact; here the other group is the rest."
    )

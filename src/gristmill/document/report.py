"""Writes a build's report: one page that says what was read, what became of it and why."""

from __future__ import annotations

from pathlib import Path

from gristmill.build.finished import Finished
from gristmill.build.store import write_whole
from gristmill.document import (
    attribution,
    built,
    contamination,
    course,
    cut_pieces,
    delivery,
    duplicates,
    fairness,
    figures,
    funnel,
    histograms,
    label_errors,
    lint_findings,
    mixture,
    preference_conflicts,
    preferences,
    private_data,
    quarantine,
    reasons,
    rules,
    samples,
    selection,
    splits,
    warnings,
)
from gristmill.document.charts import bar
from gristmill.document.markup import Html, tag
from gristmill.document.page import page
from gristmill.document.section import facts

LIMIT = 3_000_000
"""Bytes of a page; fewer sampled texts are shown until it fits."""

_SAMPLES = (4, 2, 1, 0)


def write_report(build: Path) -> Path:
    """Write `report.html` into a finished build."""
    with Finished(build) as finished:
        return write_report_of(finished)


def write_report_of(build: Finished) -> Path:
    """The same of a build that is open."""
    for each in _SAMPLES:
        text = render(build, each).encode()
        if len(text) < LIMIT:
            break
    write_whole(build.layout.report, text)
    return build.layout.report


def render(build: Finished, each: int = _SAMPLES[0]) -> str:
    """The page, with `each` sampled texts for a rule."""
    outcomes = rules.outcomes(build, each)
    pairs = duplicates.pairs(build, min(each, 3))
    clusters = duplicates.largest(build, each)
    wanted = [rid for outcome in outcomes for rid in outcome.rids]
    wanted += [rid for pair in pairs for rid in (pair.lost, pair.kept)] + [cluster.rid for cluster in clusters]
    removed = fairness.examples(build, each)
    wanted += [rid for some in removed.values() for rid in some]
    sampled = samples.fetch(build, wanted)
    sections = [
        warnings.section(build),
        funnel.section(build),
        reasons.section(build, outcomes, sampled),
        lint_findings.section(build, min(each, 3)),
        histograms.section(build),
        mixture.section(build),
        built.section(build),
        fairness.section(build, removed, sampled),
        duplicates.section(build, pairs, clusters, sampled),
        cut_pieces.section(build),
        selection.section(build),
        label_errors.section(build, each),
        preferences.section(build, each),
        preference_conflicts.section(build, each),
        splits.section(build),
        contamination.section(build),
        private_data.section(build),
        attribution.section(build),
        delivery.section(build),
        quarantine.section(build),
        course.run_section(build),
        course.recipe_section(build),
    ]
    manifest = build.manifest
    footer = tag("p", None, f"Written by Gristmill {manifest.gristmill} from the build alone. It loads nothing.")
    return page(f"{manifest.name}: build report", _header(build), [s for s in sections if s is not None], footer)


def _header(build: Finished) -> Html:
    manifest = build.manifest
    counts = manifest.counts
    parts = [("kept", counts.kept), *((fate, getattr(counts, fate)) for fate in funnel.FATES)]
    drawn = bar(100, [(fate, 100 * number / max(counts.read, 1)) for fate, number in parts], height=22)
    return tag(
        "header",
        {"id": "top"},
        tag("p", "kicker", "Build report · ", tag("b", None, manifest.name)),
        tag("h1", None, headline(build)),
        drawn,
        funnel.legend(),
        _totals(build),
    )


def headline(build: Finished) -> str:
    """The build in a sentence."""
    counts = build.manifest.counts
    if not counts.read:
        return "No record was read."
    fates = [
        (counts.dropped, "dropped by a rule"),
        (counts.merged, "merged into a twin"),
        (counts.quarantined, "put in quarantine"),
    ]
    rest = [f"{figures.count(number)} {what}" for number, what in fates if number]
    kept = f"{figures.count(counts.kept)} ({figures.percent(counts.kept, counts.read)})"
    went = f"; {_listed(rest)}" if rest else ""
    return f"Of {figures.count(counts.read)} records read, {kept} were kept{went}."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _totals(build: Finished) -> Html:
    entries = build.manifest.funnel
    last = entries[-1] if entries else None
    if last is None:
        return tag("p", "note", "The build has no funnel.")
    return facts(
        [
            ("records kept", f"{figures.count(last.records_out)} of {figures.count(build.manifest.counts.read)}"),
            ("words kept", f"{figures.short(last.words_out)} of {figures.short(funnel.words_of_texts(build))}"),
            ("text kept", f"{figures.size(last.bytes_out)} of {figures.size(funnel.bytes_of_texts(build))}"),
            ("a kept record", f"{figures.count(round(last.words_out / max(last.records_out, 1)))} words on average"),
        ]
    )

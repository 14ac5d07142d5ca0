"""How the build went: times and memory, the forecast beside the outcome, the recipe, outputs and versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gristmill.build.finished import Finished
from gristmill.document import figures
from gristmill.document.charts import bar
from gristmill.document.markup import Html, join, tag
from gristmill.document.section import Section, facts, folded, note, table
from gristmill.document.visible import shown

LONGEST_RECIPE = 60_000
MOST_OUTPUTS = 200


def run_section(build: Finished) -> Section | None:
    """None where the build left no account of its run."""
    run = build.run
    if not run:
        return None
    given = [
        ("started", str(run.get("started", "–"))),
        ("took", figures.duration(float(run.get("seconds") or 0))),
        ("workers", str(run.get("workers", "–"))),
        ("peak memory", figures.size(float(run["peak_mb"]) * 1e6) if run.get("peak_mb") else "–"),
    ]
    given += [(str(key), str(value)) for key, value in sorted((run.get("machine") or {}).items())]
    body = [facts([(key, shown(value, 80)) for key, value in given])]
    if forecast := run.get("forecast"):
        body += [tag("h3", None, "Forecast and outcome"), _forecast(build, forecast)]
    if steps := run.get("steps"):
        together = "Seconds of all workers together, which may come to more than the build took."
        body += [tag("h3", None, "Time by step"), note(together), _times(steps)]
    return Section(
        "run", "How it went", "Times are this run's own; everything else on this page is the build's.", join(body)
    )


def _times(steps: list[dict[str, Any]]) -> Html:
    longest = max((float(step.get("seconds") or 0) for step in steps), default=0) or 1.0
    rows = []
    for step in steps:
        seconds, records = float(step.get("seconds") or 0), int(step.get("records") or 0)
        # What is no step of the recipe (writing stores, say) counts no records.
        rate = f"{figures.short(records / seconds)}/s" if seconds and records else "–"
        cells = (figures.duration(seconds), figures.count(records) if records else "–", rate)
        rows.append(
            [tag("b", None, shown(str(step.get("name")), 80)), bar(0, [("kept", 100 * seconds / longest)]), *cells]
        )
    return table(("step", "", "seconds", "records", "rate"), rows, numbers=(2, 3, 4), name="times")


def _forecast(build: Finished, forecast: Mapping[str, Any]) -> Html:
    counts, run = build.manifest.counts, build.run
    passed = {entry.step: entry.records_out for entry in build.manifest.funnel}
    rows = [
        _row("records read", forecast.get("read"), counts.read, figures.value),
        *(
            _row(f"after {step['step']}", step["records_out"], passed.get(step["step"]), figures.value)
            for step in forecast.get("steps", ())
        ),
        _row("in quarantine", forecast.get("quarantined"), counts.quarantined, figures.value),
        _row("time", forecast.get("seconds"), run.get("seconds"), figures.duration),
        _row("peak memory", forecast.get("peak_mb"), run.get("peak_mb"), _megabytes),
        _row("disk", forecast.get("disk_mb"), run.get("disk_mb"), _megabytes),
    ]
    basis = "all records" if forecast.get("whole") else f"{figures.count(forecast.get('sampled', 0))} sampled records"
    made = f"Made from {basis}, for {forecast.get('workers', '–')} workers."
    return join([table(("", "forecast", "outcome", "off by"), rows, numbers=(1, 2, 3)), note(made)])


def _row(what: str, expected: float | None, came: float | None, write: Callable[[float], str]) -> list[Html | str]:
    off = "–" if came is None or not expected else f"{100 * (came - expected) / expected:+.0f} %"
    return [shown(what, 80), *("–" if one is None else write(one) for one in (expected, came)), off]


def _megabytes(number: float) -> str:
    return figures.size(number * 1e6)


def recipe_section(build: Finished) -> Section:
    manifest = build.manifest
    files = [
        [
            shown(output.path, 200),
            figures.count(output.records),
            figures.size(output.bytes),
            tag("code", None, output.sha256[:12]),
        ]
        for output in manifest.outputs[:MOST_OUTPUTS]
    ]
    more = len(manifest.outputs) - MOST_OUTPUTS
    listed = [
        table(("file", "records", "size", "SHA-256"), files, numbers=(1, 2)),
        *([note(f"and {more} more")] if more > 0 else []),
    ]
    versions = [(shown(name, 80), shown(version, 80)) for name, version in sorted(manifest.versions.items())]
    body = [
        tag("pre", None, shown(manifest.recipe, LONGEST_RECIPE)),
        folded(f"{len(manifest.outputs)} files written", *listed),
        folded(f"{len(versions)} package versions", facts(versions)),
    ]
    return Section("recipe", "The recipe", f"Digest of the build: {manifest.digest or 'none'}", join(body))

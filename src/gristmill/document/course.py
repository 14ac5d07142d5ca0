"""How the build went: times and memory, the forecast beside the outcome, the recipe, outputs and versions."""

from __future__ import annotations

from collections.abc import Mapping
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
        ("peak memory", figures.size(float(run.get("peak_mb") or 0) * 1e6)),
    ]
    given += [(str(key), str(value)) for key, value in sorted((run.get("machine") or {}).items())]
    body = [facts([(key, shown(value, 80)) for key, value in given])]
    if forecast := run.get("forecast"):
        body += [tag("h3", None, "Forecast and outcome"), _forecast(build, forecast)]
    if steps := run.get("steps"):
        body += [tag("h3", None, "Time by step"), _times(steps)]
    return Section(
        "run", "How it went", "Times are this run's own; everything else on this page is the build's.", join(body)
    )


def _times(steps: list[dict[str, Any]]) -> Html:
    longest = max((float(step.get("seconds") or 0) for step in steps), default=0) or 1.0
    rows = []
    for step in steps:
        seconds, records = float(step.get("seconds") or 0), int(step.get("records") or 0)
        rate = f"{figures.short(records / seconds)}/s" if seconds else "–"
        cells = (figures.duration(seconds), figures.count(records), rate)
        rows.append(
            [tag("b", None, shown(str(step.get("name")), 80)), bar(0, [("kept", 100 * seconds / longest)]), *cells]
        )
    return table(("step", "", "seconds", "records", "rate"), rows, numbers=(2, 3, 4), name="times")


def _forecast(build: Finished, forecast: Mapping[str, Any]) -> Html:
    outcome: dict[str, float] = {entry.step: entry.records_out for entry in build.manifest.funnel}
    outcome |= build.manifest.counts.model_dump()
    outcome |= {key: value for key, value in build.run.items() if isinstance(value, int | float)}
    rows = []
    for name, expected in _numbers(forecast):
        came = outcome.get(name)
        off = "–" if came is None or not expected else f"{100 * (came - expected) / expected:+.0f} %"
        rows.append([shown(name, 80), figures.value(expected), "–" if came is None else figures.value(came), off])
    return (
        table(("", "forecast", "outcome", "off by"), rows, numbers=(1, 2, 3)) if rows else note("It holds no numbers.")
    )


def _numbers(forecast: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The numbers of a forecast, whatever it holds; a list of steps gives the records each was to pass on."""
    found: list[tuple[str, float]] = []
    for key, value in forecast.items():
        if isinstance(value, bool):
            continue
        if isinstance(value, int | float):
            found.append((key, float(value)))
        elif isinstance(value, Mapping):
            found += _numbers(value)
        elif isinstance(value, list):
            for step in value:
                if isinstance(step, Mapping) and "records_out" in step:
                    found.append((str(step.get("step", step.get("name"))), float(step["records_out"])))
    return found


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

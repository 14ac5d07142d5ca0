"""Whom to name: `ATTRIBUTION.csv`, a row for each kept record whose licence asks for it, and a section."""

from __future__ import annotations

from pathlib import Path

from gristmill.build.finished import Finished, identifier, literal
from gristmill.document import figures
from gristmill.document.section import Section, table

NAME = "ATTRIBUTION.csv"
_ASKS, _LICENSE, _EVIDENCE = "attribution", "license", "license_evidence"


def write_attribution(build: Finished) -> Path | None:
    """Write the file into a finished build; None, and no file, where no kept record asks for it.

    Rows are sorted by licence, source and place, so that the same build has the same bytes.
    """
    path = build.root / NAME
    kept = _kept(build)
    if kept is None or not build.query(f"SELECT 1 FROM ({kept}) LIMIT 1"):  # noqa: S608
        path.unlink(missing_ok=True)
        return None
    written = path.with_name(f".{NAME}")
    build.query(f"COPY ({kept} ORDER BY ALL) TO {literal(str(written))} (FORMAT csv, HEADER)")
    written.replace(path)
    return path


def section(build: Finished) -> Section | None:
    """How many kept records each licence asks it for."""
    kept = _kept(build)
    if kept is None:
        return None
    rows = build.query(
        f"SELECT license, count(*), count(DISTINCT source) FROM ({kept}) GROUP BY license ORDER BY 2 DESC, 1"  # noqa: S608
    )
    if not rows:
        return None
    lines = [(license, figures.count(records), figures.count(sources)) for license, records, sources in rows]
    lead = f"Licences of kept records that ask to name the author. {NAME} has a row for each record."
    return Section("attribution", "Attribution", lead, table(("licence", "records", "sources"), lines, numbers=(1, 2)))


def _kept(build: Finished) -> str | None:
    """The query for kept records that ask for attribution, by the first step that has these signals."""
    for step in build.manifest.steps:
        if {_ASKS, _LICENSE, _EVIDENCE} <= {signal.name for signal in step.signals}:
            asks, license, evidence = (identifier(step.column(name)) for name in (_ASKS, _LICENSE, _EVIDENCE))
            return (
                f"SELECT s.{license} AS license, r.source, r.url, r.position, r.id, s.{evidence} AS evidence, "  # noqa: S608
                f"r.file, r.row FROM records r JOIN signals s USING (rid) WHERE r.fate = 'kept' AND s.{asks} = 1"
            )
    return None

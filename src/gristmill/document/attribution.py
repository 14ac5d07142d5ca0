"""Whom to name: how many records ask for it, by licence."""

from __future__ import annotations

from gristmill.build.attribution import NAME, asking
from gristmill.build.finished import Finished
from gristmill.document import figures
from gristmill.document.section import Section, table


def section(build: Finished) -> Section | None:
    """How many kept records each licence asks it for."""
    kept = asking(build.manifest.steps)
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

"""Whom to name: `ATTRIBUTION.csv`, a row for each kept record whose licence asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gristmill.build.finished import Tables, identifier, literal
from gristmill.build.layout import Layout
from gristmill.build.manifest import StepEntry
from gristmill.build.store import sha256

NAME = "ATTRIBUTION.csv"
_ASKS, _LICENSE, _EVIDENCE = "attribution", "license", "license_evidence"


def asking(steps: Sequence[StepEntry]) -> str | None:
    """The query for kept records that ask for attribution, by the first step that tells; null where none does."""
    for step in steps:
        if {_ASKS, _LICENSE, _EVIDENCE} <= {signal.name for signal in step.signals}:
            asks, license, evidence = (identifier(step.column(name)) for name in (_ASKS, _LICENSE, _EVIDENCE))
            return (
                f"SELECT s.{license} AS license, r.source, r.url, r.position, r.id, s.{evidence} AS evidence, "  # noqa: S608
                f"r.file, r.row FROM records r JOIN signals s USING (rid) WHERE r.fate = 'kept' AND s.{asks} = 1"
            )
    return None


def write_attribution(staging: Path, steps: Sequence[StepEntry]) -> dict[str, Any] | None:
    """Write the file beside the ledger it is of, as a file of the build; None, and no file, where no record asks.

    Rows are sorted by licence, source and place, so that the same build has the same bytes.
    """
    kept = asking(steps)
    if kept is None:
        return None
    path = staging / NAME
    with Tables(Layout(staging)) as ledger:
        if not ledger.query(f"SELECT 1 FROM ({kept}) LIMIT 1"):  # noqa: S608
            return None
        ledger.query(f"COPY ({kept} ORDER BY ALL) TO {literal(str(path))} (FORMAT csv, HEADER)")
    return {"path": NAME, "records": 0, "bytes": 0, "sha256": sha256(path)}

"""Rows of the ledger as sentences: what became of a record, how it stood when records were chosen, its split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gristmill.build.ledger import DROPPED, MERGED, QUARANTINED

MOST_REASONS = 2
"""Rules that are told with their values; the others stand with the step's signals."""


def said_of_fate(record: Mapping[str, Any]) -> str:
    """What became of a record, and why."""
    where = f"{record['file']}, row {record['row']}" if record["file"] else ""
    if record["fate"] == DROPPED:
        reasons = record["reasons"] or []
        why = "; ".join(map(_broken, reasons[:MOST_REASONS])) or "it gave no reason"
        more = len(reasons) - MOST_REASONS
        if more > 0:
            why += f"; and {more} more rule{'s' if more > 1 else ''}, marked below"
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


def said_of_selection(row: Mapping[str, Any]) -> str:
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


def said_of_split(found: Mapping[str, Any]) -> str:
    """The split of a record, its group and what ties it to others."""
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


def _broken(reason: Mapping[str, Any]) -> str:
    value = reason["label"] if reason["value"] is None else f"{reason['value']:.6g}"
    if value is None:
        return str(reason["reason"])
    return f"{reason['reason']} ({reason['signal'].rpartition('.')[2]} is {value}, asked is {reason['bound']})"

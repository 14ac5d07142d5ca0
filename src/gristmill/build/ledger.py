"""The ledger: Parquet tables with one row for every record that was read.

read = kept + dropped + quarantined + merged, in every part; `assemble` checks it against the files.
"""

from __future__ import annotations

import pyarrow as pa

KEPT, DROPPED, MERGED, QUARANTINED = "kept", "dropped", "merged", "quarantined"
FATES = (KEPT, DROPPED, MERGED, QUARANTINED)

FAILED_RULE = pa.struct(
    [
        ("reason", pa.string()),
        ("signal", pa.string()),  # step.signal
        ("value", pa.float64()),  # what the record had, where the signal is a number
        ("label", pa.string()),  # what the record had, where the signal is a label
        ("bound", pa.string()),  # what the rule asks for: `>= 50`
    ]
)

STEP_EDIT = pa.struct(
    [
        ("step", pa.string()),
        ("bytes_before", pa.int64()),
        ("bytes_after", pa.int64()),
    ]
)

RECORDS = pa.schema(
    [
        pa.field("rid", pa.string(), nullable=False),
        pa.field("id", pa.string()),  # null where the record could not be read
        pa.field("source", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("time", pa.timestamp("us", tz="UTC")),
        pa.field("fate", pa.string(), nullable=False),  # one of FATES
        pa.field("step", pa.string()),  # the step that ended its way; `read` for a record that could not be read
        pa.field("reasons", pa.list_(FAILED_RULE)),  # all rules of that step that it broke
        pa.field("edits", pa.list_(STEP_EDIT)),  # every step that changed its text
        pa.field("twin", pa.string()),  # the rid of the record it went in favour of; or would have, if it was let stay
        pa.field("twin_index", pa.string()),  # the index that the twin is in, where it is no record of this build
        pa.field("similarity", pa.float64()),  # how alike the two are, where the step compared them
        pa.field("cluster", pa.string()),  # rid that names the cluster; also on the kept twin
        pa.field("cluster_size", pa.int64()),  # records in it, those that went among them
        pa.field("clustered_by", pa.string()),  # the step that found the cluster; the last one, where several did
        pa.field("split", pa.string()),  # the split it is in, where a step makes splits; `ledger/splits` says why
        pa.field("error", pa.string()),  # quarantined: what went wrong
        pa.field("bytes", pa.int64()),  # UTF-8 bytes of the text where its way ended
        pa.field("words", pa.int64()),  # whitespace-separated words of that text
        pa.field("bytes_read", pa.int64()),  # bytes of text or payload as read
        pa.field("file", pa.string()),  # the file that holds it now, relative to the build: data/ or dropped/
        pa.field("row", pa.int64()),  # its row in that file
    ]
)
"""`ledger/signals` has `rid`, then one nullable column `step.signal` for each declared signal, of its own type;
spans have a table of their own."""

CUT_PIECES = pa.schema(
    [
        pa.field("rid", pa.string(), nullable=False),
        pa.field("step", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),  # bytes of the text as it came to the step, from its beginning
        pa.field("stop", pa.int64(), nullable=False),
        pa.field("twin", pa.string()),  # the rid of the record that has the same, as it came to the step; null: in none
        pa.field("twin_start", pa.int64()),  # where it stands there
        pa.field("text", pa.string()),  # what was cut, the first EXCERPT bytes of it
    ]
)
"""`ledger/cuts` has one row for each stretch that a step cut out of a text because it stands elsewhere."""

SPANS_FOUND = pa.schema(
    [
        pa.field("rid", pa.string(), nullable=False),
        pa.field("step", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),  # what stood there: email, phone ...
        pa.field("start", pa.int64(), nullable=False),  # bytes of the text as it came to the step, from its beginning
        pa.field("stop", pa.int64(), nullable=False),
        pa.field("action", pa.string()),  # what the step did with it: mask, pseudonym, remove, report
        pa.field("hash", pa.string()),  # a keyed hash of what stood there; null where the step had no key
    ]
)
"""`ledger/spans` has one row for each stretch of a text that a step named: never what stood there."""

SPLIT_OF = pa.schema(
    [
        pa.field("rid", pa.string(), nullable=False),
        pa.field("split", pa.string()),  # null where it is in none: in a gap before a split, or without a time
        pa.field("group", pa.string(), nullable=False),  # rid that names its group; its own where it is by itself
        pa.field("group_size", pa.int64(), nullable=False),  # records in the group
        pa.field("ties", pa.list_(pa.string())),  # what ties it to others of the group: text, near, host ...
        pa.field("twin", pa.string()),  # rid of the record that it is tied to most closely
        pa.field("similarity", pa.float64()),  # how alike the two are, where their texts were compared
        pa.field("before", pa.string()),  # the split that an earlier build had its text in
        pa.field("content", pa.uint64(), nullable=False),  # a hash of its words, by which a later build knows it
    ]
)
"""`ledger/splits` has one row for each record that came to the step that splits."""

SELECTION = pa.schema(
    [
        pa.field("rid", pa.string(), nullable=False),
        pa.field("step", pa.string(), nullable=False),  # the line that selects
        pa.field("selected", pa.bool_(), nullable=False),
        pa.field("reason", pa.string()),  # why it was not: no_score, no_vector, outranked, too_near, covered
        pa.field("stratum", pa.string()),  # the values that it has places with; null where all records are one
        pa.field("score", pa.float64()),  # what it is ranked by; null where it has none
        pa.field("rank", pa.int64()),  # in its stratum, from 1
        pa.field("last_rank", pa.int64()),  # of the last one selected of its stratum, where ranks decide ...
        pa.field("cut_off", pa.float64()),  # ... and that one's score
        pa.field("neighbour", pa.string()),  # rid of a selected record that it was held against
        pa.field("distance", pa.float64()),  # how far away that one is: 1 - cosine
    ]
)
"""`ledger/selection` has one row for each record that came to a step that selects."""

EXCERPT = 200

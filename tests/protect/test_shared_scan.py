"""Personal data and secrets share one scan, and give the answers that each gives by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from gristmill.contracts.step import RowStep
from gristmill.contracts.turnwise import edit_turns
from gristmill.contracts.view import Scans, View
from gristmill.protect._scan import personal_candidates
from gristmill.protect.redact_personal_data import RedactPersonalData
from gristmill.protect.redact_secrets import RedactSecrets
from talks import batch_of, talk

PIECES = [
    "jane.doe@acme.co.uk",
    "Tel. +44 20 7946 0958",
    "GB82 WEST 1234 5698 7654 32",
    "GB82WEST12345698765432: password='x7#Kp2qLm'",
    "AKIAQ3EGRIZ4M5TXV7WD",
    "AKIAQ3EGRIZ4M5TXV7WD@acme.com",
    "ghp_0000000000000000000000000000000000000 +1 212 664 7665",
    "xoxb-123456789012-1234567890123-abcdefghijklmnopqrstuvwx",
    "postgres://jo:s3cr3tPw9@db.acme.com/x?token=9f8a7b6c5d4e3f2a1b0c",
    "api_key = 'q8Zr2Lm9Xc4Vb7Nn1Ks6'",
    "nothing of the kind",
    "né le 3 mars 1975, 电话 138 1234 5678",
    "",
]
ROWS = st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join), min_size=1, max_size=8)


def _view(texts: list[str | None], scans: Scans | None = None) -> View:
    return View(pa.record_batch({"text": pa.array(texts, pa.large_string())}), scans=scans)


def _told(step: RowStep, view: View) -> dict[str, Any]:
    edit = step.edit(view)
    return {"text": edit.text.to_pylist(), **{name: values.to_pylist() for name, values in edit.signals.items()}}


@given(ROWS, st.booleans(), st.sampled_from(["mask", "report"]))
def test_the_second_step_answers_as_it_would_alone(texts: list[str], secrets_first: bool, action: str) -> None:
    steps: list[RowStep] = [RedactSecrets(action=action), RedactPersonalData(action=action)]
    first, second = steps if secrets_first else reversed(steps)
    before = _view(texts)
    edited = _told(first, before)["text"]
    changed = np.flatnonzero([new != old for new, old in zip(edited, texts, strict=True)])
    assert _told(second, _view(edited, before.lasting(changed))) == _told(second, _view(edited))


@given(ROWS, st.data())
def test_fewer_rows_are_answered_as_they_are_among_all(texts: list[str], data: st.DataObject) -> None:
    some = data.draw(st.lists(st.integers(0, len(texts) - 1), unique=True))
    view = _view(texts)
    _told(RedactSecrets(), view.narrowed(np.array(sorted(some[::2]), np.int64)))
    some.sort()
    rows = np.array(some, np.int64)
    told = _told(RedactPersonalData(), view.narrowed(rows))
    assert told == _told(RedactPersonalData(), _view([texts[row] for row in some]))


def test_a_text_that_stayed_is_not_scanned_again_and_one_that_changed_is() -> None:
    before = _view(["Write to jane@acme.com", "Write to jane@acme.com"])
    _told(RedactSecrets(), before)
    after = _view(["Write to nobody here.", "Write to nobody here."], before.lasting(np.array([1])))
    assert personal_candidates(after).rows.tolist() == [0]  # what is claimed to have stayed is told from before


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_turns_are_scanned_once_too(talks: list[list[str]]) -> None:
    before = View(batch_of("conversation", [talk(*turns) for turns in talks]))
    edit = edit_turns(RedactSecrets(), "all", before)
    at = before.batch.schema.get_field_index("text")
    batch = before.batch.set_column(at, "text", edit.text)
    changed = pc.not_equal(edit.text, before.batch.column("text")).to_numpy(zero_copy_only=False)
    scans = before.lasting(np.flatnonzero(changed))
    known = next(iter(scans.values()))
    turns = next(iter(known.of(known.records).values()))
    assert turns._known.tolist() == [not changed[record] for record in known.records]
    told = [edit_turns(RedactPersonalData(), "all", View(batch, scans=known)) for known in (scans, {})]
    assert told[0].text.equals(told[1].text)
    assert all(told[0].signals[name].equals(values) for name, values in told[1].signals.items())

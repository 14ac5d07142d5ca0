"""What is written is read again as it was, or the loss is named."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from canonical_records import CONTENTS, ids, metadata
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gristmill.records.formats import FORMATS, Format, UnwritableRecordError

FAMILY = "classification_"
ONE_OF_FAMILY = "classification_premise_hypothesis_label"  # the others differ by their names alone
WRITABLE = [
    format
    for format in FORMATS
    if format.write is not None and (not format.name.startswith(FAMILY) or format.name == ONE_OF_FAMILY)
]


@pytest.mark.parametrize("format", WRITABLE, ids=[format.name for format in WRITABLE])
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_written_record_is_read_as_it_was_where_no_loss_is_named(format: Format, data: st.DataObject) -> None:
    content: dict[str, Any] = data.draw(CONTENTS[format.kind])
    free, id = data.draw(metadata), data.draw(ids)
    before = copy.deepcopy((content, free))
    assert format.write is not None
    try:
        written = format.write(content, free, id)
    except UnwritableRecordError as error:
        assert str(error)
        return
    finally:
        assert (content, free) == before, "writing changed its input"
    reading = format.read(json.loads(json.dumps(written.row)))
    if not written.lost:
        assert reading.content == content
        assert reading.metadata == free
        assert reading.id == id

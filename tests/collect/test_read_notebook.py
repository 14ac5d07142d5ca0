"""Notebooks: text and code in order."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.collect._file_records import FileRecord
from gristmill.collect.notebook import Notebook

OUTPUTS = [
    {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]},
    {"output_type": "execute_result", "data": {"text/plain": ["\x1b[31mred\x1b[0m"], "image/png": "iVBOR"}},
    {"output_type": "error", "ename": "ValueError", "evalue": "no wind", "traceback": ["long"]},
]
NOTEBOOK = {
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python"},
        "language_info": {"name": "Python"},
        "authors": [{"name": "Ann"}],
    },
    "cells": [
        {
            "cell_type": "markdown",
            "source": ["# The mill\n", "\n", "It *turns*. ![](data:image/png;base64,iVBORw0KGgo=)"],
        },
        {"cell_type": "code", "source": "turn(1)\n", "outputs": OUTPUTS},
        {"cell_type": "raw", "source": "raw"},
        {"cell_type": "code", "source": "", "outputs": []},
    ],
    "nbformat": 4,
}


def read(notebook: Any, **settings: object) -> FileRecord | str:
    data = notebook if isinstance(notebook, bytes) else orjson.dumps(notebook)
    return Notebook(paths=("x",), **settings).record(data, "a.ipynb")


def test_cells_come_in_order_with_code_in_fences() -> None:
    found = read(NOTEBOOK)
    assert isinstance(found, FileRecord)
    assert found.text == ("# The mill\n\nIt *turns*. ![](data:image/png;base64,)\n\n```python\nturn(1)\n```\n\nraw")
    assert found.facts == {
        "title": "The mill",
        "programming_language": "python",
        "kernel": "Python 3",
        "authors": ["Ann"],
        "cells": 4,
        "code_cells": 2,
    }


def test_outputs_are_kept_where_that_is_asked_for_and_bounded() -> None:
    found = read(NOTEBOOK, outputs="keep", form="text", max_output_chars=12)
    assert isinstance(found, FileRecord)
    assert found.text.endswith("turn(1)\n\none\ntwo\n\nred\n\nValueError:\n\nraw")


def test_the_older_format_is_read() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Mills"},
        {
            "cell_type": "code",
            "input": ["turn()"],
            "language": "python",
            "outputs": [{"output_type": "pyout", "text": "1"}],
        },
    ]
    found = read({"worksheets": [{"cells": cells}], "nbformat": 3}, outputs="keep")
    assert isinstance(found, FileRecord)
    assert found.text == "## Mills\n\n```\nturn()\n```\n\n```\n1\n```"
    assert found.facts["title"] == "Mills"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"{broken", "the file is not JSON: "),
        (b"[" * 100_000, "the file is not JSON: "),
        (b"[]", "the file is JSON, but no notebook: it has no list of cells"),
        (b'{"cells": {}}', "the file is JSON, but no notebook: it has no list of cells"),
        (b'{"cells": [1, {"source": null}]}', "the notebook has no cell with text"),
        (b"\xff", "the file is not JSON: "),
    ],
)
def test_what_is_no_notebook_is_a_sentence(data: bytes, error: str) -> None:
    found = read(data)
    assert isinstance(found, str)
    assert found.startswith(error)


KINDS = ["code", "markdown", "heading", "error"]
KEYS = ["cells", "source", "cell_type", "outputs", "data", "text", "metadata", "name", "level", "authors", "kernelspec"]
KEYS += ["worksheets", "text/plain", "output_type", "evalue"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner | st.sampled_from(KINDS), max_size=5)
    ),
    max_leaves=30,
)


@given(VALUES)
def test_any_json_is_a_record_or_a_sentence(value: object) -> None:
    notebook = value if isinstance(value, dict) else {"cells": value}
    assert read(notebook, outputs="keep") == read(notebook, outputs="keep")

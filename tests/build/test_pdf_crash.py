"""A PDF that ends the process that reads it costs one record of a build."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.recipe.load import loads
from pdf_files import paragraph, pdf


def die(image: Any) -> str:
    """Ends the process, as native code may."""
    os.abort()


@pytest.mark.slow
def test_a_file_that_ends_its_process_is_one_quarantined_record(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(6):
        (folder / f"{n}.pdf").write_bytes(pdf([paragraph([f"This is file {n}."]) if n != 3 else []]))
    recipe = f"name: crash\ninputs:\n  - pdf: {{paths: [in], ocr: '{__name__}:die'}}\nsteps: []\noutputs: [jsonl]\n"
    counts = build(loads(recipe, "crash.yaml", tmp_path), write_report, workers=1).manifest["counts"]
    assert (counts["read"], counts["kept"], counts["quarantined"]) == (6, 5, 1)

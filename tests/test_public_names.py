"""What `import gristmill` offers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gristmill
from gristmill.collect.html import Html
from gristmill.collect.jsonl import Jsonl
from gristmill.dedup.exact_duplicates import ExactDuplicates
from gristmill.deliver.jsonl import Jsonl as JsonlOut
from gristmill.quality.fineweb_quality import FinewebQuality


@pytest.mark.parametrize("name", gristmill.__all__)
def test_every_public_name_is_there_and_listed(name: str) -> None:
    assert getattr(gristmill, name) is not None
    assert name in dir(gristmill)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'biuld'"):
        gristmill.biuld  # noqa: B018


def test_a_recipe_of_step_objects_is_built_in_one_call(tmp_path: Path) -> None:
    texts = [
        "A sentence that ends, and goes on for a while.",
        "Another sentence that ends after some words.",
        "a\n" * 30,
    ]
    texts.append(texts[0])
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    recipe = gristmill.Recipe(
        name="r",
        inputs=(Jsonl(paths=("a.jsonl",)),),
        steps=gristmill.lines(FinewebQuality(), ExactDuplicates()),
        outputs=(JsonlOut(compression="none"),),
        root=tmp_path,
    )
    outcome = gristmill.run(recipe, workers=1)
    counts = outcome.manifest["counts"]
    assert (counts["read"], counts["kept"], counts["dropped"], counts["merged"]) == (4, 2, 1, 1)
    (tmp_path / "recipe.yaml").write_text(gristmill.dump(recipe))
    assert not gristmill.run(tmp_path / "recipe.yaml", workers=1).fresh


def test_a_recipe_that_cannot_work_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    recipe = gristmill.Recipe(name="r", inputs=(Html(paths=("a",)),), outputs=(JsonlOut(),), root=tmp_path)
    with pytest.raises(gristmill.GristmillError, match="add the step 'extract'"):
        gristmill.run(recipe)
    assert list(tmp_path.iterdir()) == []

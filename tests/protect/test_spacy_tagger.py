"""Names and addresses by a pipeline of spaCy, where it is installed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gristmill.contracts.list_files import find_lists
from gristmill.contracts.view import View
from gristmill.protect._spacy_tagger import SpacyTagger
from gristmill.protect._taggers import files_of
from gristmill.protect.redact_personal_data import RedactPersonalData

spacy = pytest.importorskip("spacy")

NAMES = {"PERSON": ["Jane Doe", "Élodie"], "GPE": ["Paris"], "ORG": ["Acme"], "DATE": ["May"]}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A pipeline that knows names from a list, and has a part that is not needed."""
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(
        [{"label": label, "pattern": name} for label, names in NAMES.items() for name in names]
    )
    nlp.add_pipe("attribute_ruler")
    nlp.to_disk(tmp_path / "names")
    return tmp_path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline with a recogniser whose weights are as they were drawn: it says much, and all of it by its vectors."""
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec")
    nlp.add_pipe("ner").add_label("PERSON")
    example = spacy.training.Example.from_dict(nlp.make_doc("Jane came"), {"entities": [(0, 4, "PERSON")]})
    spacy.util.fix_random_seed(3)
    nlp.initialize(lambda: [example])
    folder = tmp_path_factory.mktemp("trained")
    nlp.to_disk(folder / "names")
    return folder


def redact(folder: Path, *texts: str, **options: Any) -> list[str]:
    step = RedactPersonalData(tagger="names", **options).at(folder)
    assert step.faults() == {}
    said: list[str] = step.edit(View(pa.record_batch({"text": pa.array(texts, pa.large_string())}))).text.to_pylist()
    return said


def test_entities_are_found_in_one_run_with_identifiers(rules: Path) -> None:
    assert redact(rules, "In May Jane Doe of Acme came from Paris, jane.d@acme.com", "") == [
        "In May <PERSON> of <ORGANISATION> came from <ADDRESS>, <EMAIL>",
        "",
    ]
    assert SpacyTagger(rules / "names", "names").together > 1


def test_places_are_right_behind_many_pieces(rules: Path) -> None:
    text = "電話とé " * 400 + "Élodie may go"
    assert redact(rules, text) == [text.replace("Élodie", "<PERSON>")]


def test_no_text_sways_another(trained: Path) -> None:
    tag = SpacyTagger(trained / "names", "names")
    assert tag.together > 1
    draw = random.Random(1)
    texts = [" ".join(draw.choices(["Jane", "mill", "and", "Paris", "went", ".", "7"], k=n)) for n in range(80)]
    found = tag(texts)
    assert sum(map(len, found)) > 20
    assert found == [tag([text])[0] for text in texts]


def test_a_part_that_others_work_for_runs_one_text_at_a_time(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec")
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    nlp.add_pipe("ner", config={"model": {"tok2vec": listener}}).add_label("PERSON")
    nlp.initialize()
    nlp.to_disk(tmp_path / "names")
    tag = SpacyTagger(tmp_path / "names", "names")
    assert tag.together == 1
    assert len(tag(["Jane came", "to Paris"])) == 2


def test_all_files_of_the_pipeline_are_what_is_computed_by(rules: Path) -> None:
    step = RedactPersonalData(tagger="names").at(rules)
    before = step.computing_settings()
    assert {"names/config.cfg", "names/meta.json", "names/entity_ruler/patterns.jsonl"} <= set(before["files"])
    assert "spacy" in before["libraries"]
    assert not [name for name in before["files"] if not name.startswith("names/")]
    (rules / "names" / "entity_ruler" / "patterns.jsonl").write_text('{"label":"PERSON","pattern":"Jane"}\n')
    assert RedactPersonalData(tagger="names").at(rules).computing_settings() != before


def test_a_folder_that_is_no_pipeline_is_told_in_a_sentence(rules: Path) -> None:
    (rules / "names" / "config.cfg").write_text("[nlp]\nlang = 'xx-none'\n")
    assert "is no pipeline of spaCy" in RedactPersonalData(tagger="names").at(rules).faults()["tagger"]
    spacy.blank("en").to_disk(rules / "blank")
    assert "none of its labels is a name" in RedactPersonalData(tagger="blank").at(rules).faults()["tagger"]
    assert len(find_lists(rules, files_of(rules, "names"), None, None).files) > 5

"""A model of main content trained on pages whose content is known."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from gristmill.clean._extractor_model import NAME, load, shipped
from gristmill.clean._extractor_pages import content_shares, word_f1, words_of
from gristmill.clean._extractor_tables import FEWEST_PAGES, counts_of, tables_of
from gristmill.clean._extractor_training import FOLDS, calibration_error, flattened, fold_of, reliability
from gristmill.clean._page_arrays import read_arrays
from gristmill.cli import main
from gristmill.text.boosted_trees import probabilities, splits_of

WORDS = [
    "mill", "grain", "stone", "water", "wheel", "flour", "baker", "bread", "oven", "field", "rain", "wind", "sack",
    "cart", "road", "horse",
]  # fmt: skip


def sentence(draw, length):
    return " ".join(draw.choices(WORDS, k=length)).capitalize() + "."


def made_page(number):
    """A page of one of some sites, its content between a menu and a footer."""
    draw = random.Random(number)
    paragraphs = [sentence(draw, draw.randint(15, 40)) for _ in range(draw.randint(3, 8))]
    menu = "".join(f"<li><a href=/{word}>{word.capitalize()}</a></li>" for word in draw.sample(WORDS, 6))
    page = f"<title>t</title><ul class=menu>{menu}</ul><div class=content>"
    page += "".join(f"<p>{one}</p>" for one in paragraphs) + f"</div><div class=foot>{sentence(draw, 9)}</div>"
    return page, " ".join(paragraphs)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name in ("html", "ground-truth"):
        (folder / name).mkdir()
    for number in range(60):
        page, content = made_page(number)
        (folder / "html" / f"{number:04}.html").write_text(page)
        told = {"url": f"https://site{number % 12}.example/{number}", "ground_truth": {"main_content": content}}
        (folder / "ground-truth" / f"{number:04}.json").write_text(json.dumps(told))
    return folder


def test_words_of_the_content_are_found_where_they_run_on_and_not_where_they_stand_alone():
    blocks = [words_of(one) for one in ("Home mill", "the mill grinds the grain", "a mill", "and the wheel turns on")]
    reference = words_of("The mill grinds the grain, and the wheel turns on.")
    assert content_shares(blocks, reference).tolist() == [0, 1, 0, 1]


def test_f1_of_words_counts_each_as_often_as_it_stands():
    from collections import Counter

    assert word_f1(Counter("aab"), Counter("abc")) == (2 / 3, 2 / 3, 2 / 3)
    assert word_f1(Counter(), Counter()) == (1, 1, 1)
    assert word_f1(Counter("a"), Counter()) == (0, 0, 0)


def test_all_pages_of_a_site_are_of_one_fold():
    folds = [fold_of(f"site{number}.example", 1) for number in range(100)]
    assert set(folds) == set(range(FOLDS)) and folds == [fold_of(f"site{number}.example", 1) for number in range(100)]


def test_a_word_of_too_few_pages_counts_nothing():
    from gristmill.clean._extractor_pages import labelled_page

    def table(count):
        pages = [
            labelled_page(f"{k}", b"<p class=body>mill grain</p><p>x y", "", "page", "mill grain") for k in range(count)
        ]
        return tables_of(counts_of(pages))

    assert not any(one.any() for one in table(FEWEST_PAGES - 1))
    assert table(FEWEST_PAGES).words.any() and np.count_nonzero(table(FEWEST_PAGES).phrases) == 2


def test_shares_that_are_true_have_no_error_of_calibration_and_others_their_distance():
    said, words = np.array([0.05, 0.25, 0.95]), np.array([10.0, 30, 60])
    rows = reliability(said, said, words)
    assert calibration_error(rows) == 0 and sum(row["words"] for row in rows) == pytest.approx(1)
    assert calibration_error(reliability(said, said - 0.05, words)) == pytest.approx(0.05)
    assert reliability(np.ones(1), np.zeros(1), np.ones(1))[-1] == {"expected": 1, "content": 0, "words": 1}


def test_flat_trees_give_what_walking_the_nested_ones_gives():
    def node(feature, threshold, left, right):
        return {"split_feature": feature, "threshold": threshold, "left_child": left, "right_child": right}

    leaf = [{"leaf_value": value} for value in (0.5, -1.0, 2.0)]
    trees = [{"tree_structure": node(0, 1.5, leaf[0], node(1, 0.0, leaf[1], leaf[2]))}, {"tree_structure": leaf[1]}]
    rows = np.array([[1.0, 0], [1.5, 9], [2, 0], [2, 1], [2, np.nan], [9, 9]], np.float32)
    sums = np.array([0.5, 0.5, -1.0, 2.0, -1.0, 2.0]) - 1.0
    np.testing.assert_allclose(probabilities(rows, splits_of(flattened(trees))), 1 / (1 + np.exp(-sums)))


def test_the_shipped_model_survives_its_file_and_a_broken_one_is_refused():
    data = shipped().dump()
    again = load(data)
    assert again.dump() == data
    arrays = read_arrays(made_page(1)[0].encode())
    np.testing.assert_array_equal(again.shares(arrays), shipped().shares(arrays))
    for broken in (b"", data[: len(data) // 2], b"no model at all"):
        with pytest.raises(ValueError):
            load(broken)


@pytest.mark.slow
def test_a_trained_model_finds_the_content_of_sites_it_has_not_seen(pages, tmp_path):
    pytest.importorskip("lightgbm")
    asked = ["train-extractor", str(pages), "--trees", "10", "--second-trees", "5", "--rate", "0.5", "--workers", "1"]
    for to in ("one", "other"):
        assert main([*asked, "--to", str(tmp_path / to)]) == 0
    assert (tmp_path / "one" / NAME).read_bytes() == (tmp_path / "other" / NAME).read_bytes()
    card = json.loads((tmp_path / "one" / "card.json").read_bytes())
    f1 = {row["system"]: row["f1"] for row in card["figures"] if row["pages"] == "all"}
    assert f1["balanced"] > 0.97 > f1["every visible word"]
    assert card["calibration error"] < 0.1
    assert "| balanced | all | 60 |" in (tmp_path / "one" / "card.md").read_text()


@pytest.mark.slow
def test_a_folder_without_pages_or_truths_is_named(pages, tmp_path, capsys):
    assert main(["train-extractor", str(tmp_path), "--to", str(tmp_path / "out")]) != 0
    assert "html/*.html" in capsys.readouterr().err

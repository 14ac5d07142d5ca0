"""Axolotl's own strategies read the rows written for it; only where it is installed, as it pins other versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_ready import PAIRS, Row, made

from gristmill.records.chat.template_library import TEMPLATES
from tokenizer_folders import byte_level, folder

strategies = pytest.importorskip("axolotl.prompt_strategies.chat_template", exc_type=ImportError)
pairs_of = pytest.importorskip("axolotl.prompt_strategies.dpo.chat_template", exc_type=ImportError)
config_of = pytest.importorskip("axolotl.utils.dict").DictDefault
transformers = pytest.importorskip("transformers")

TALKS: list[Row] = [
    {
        "messages": [
            {"role": "user", "content": f"How many sacks are {n}?"},
            {"role": "assistant", "content": "I do not know.", "weight": 0},
            {"role": "user", "content": "Count them."},
            {"role": "assistant", "content": f"They are {n}.", "weight": 1},
        ]
    }
    for n in range(12)
]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = folder(
        tmp_path_factory.mktemp("model"), byte_level(), chat_template=TEMPLATES["chatml"].source,
        eos_token="<|im_end|>", pad_token="<|end|>", tokenizer_class="PreTrainedTokenizerFast",
    )  # fmt: skip
    return transformers.AutoTokenizer.from_pretrained(path)


def rows_of(folder: Path) -> list[Row]:
    return [
        json.loads(line)
        for path in sorted((folder / "out/data").rglob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]


def test_it_trains_on_the_answers_that_have_weight_and_their_ends(tokenizer: Any, tmp_path: Path) -> None:
    made(tmp_path, TALKS, "[axolotl]")
    config = config_of({"sequence_len": 512, "train_on_inputs": False, "chat_template": "tokenizer_default"})
    settings = {"type": "chat_template", "field_messages": "messages", "message_field_training": "train"}
    strategy = strategies.load(tokenizer, config, ds_cfg=settings)
    rows = rows_of(tmp_path)
    assert len(rows) == len(TALKS)
    for row in rows:
        read = strategy.tokenize_prompt(row)
        assert tokenizer.decode(read["input_ids"]) == tokenizer.apply_chat_template(row["messages"], tokenize=False)
        trained = [token for token in read["labels"] if token != -100]
        assert tokenizer.decode(trained) == row["messages"][-1]["content"] + "<|im_end|>"


def test_it_reads_pairs(tokenizer: Any, tmp_path: Path) -> None:
    made(tmp_path, PAIRS, "[axolotl]", reader="preferences")
    config = config_of({"chat_template": "tokenizer_default", "datasets": [{"type": "chat_template.default"}]})
    transform, _ = pairs_of.default(config, dataset_idx=0)
    rows = rows_of(tmp_path)
    assert len(rows) == len(PAIRS)
    for row in rows:
        read = transform(row, tokenizer=tokenizer)
        assert row["messages"][-1]["content"] in read["prompt"]
        assert read["chosen"].startswith(row["chosen"]["content"])
        assert read["rejected"].startswith(row["rejected"]["content"])

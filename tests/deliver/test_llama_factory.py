"""LLaMA-Factory trains on the folder that is made for it; only where it is installed, as it pins old versions.

0.9.5 imports torchaudio for sounds: where no build of it fits the torch that is there, an empty module of that name
does.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_ready import PAIRS, TALKS, Row, made

from gristmill.records.chat.template_library import TEMPLATES
from tokenizer_folders import byte_level, folder

tuner = pytest.importorskip("llamafactory.train.tuner", exc_type=ImportError)
transformers = pytest.importorskip("transformers")

STEPS = 20


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model of random weights."""
    path = folder(
        tmp_path_factory.mktemp("model"), byte_level(), chat_template=TEMPLATES["chatml"].source,
        eos_token="<|im_end|>", pad_token="<|end|>", tokenizer_class="PreTrainedTokenizerFast",
    )  # fmt: skip
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    transformers.set_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=512, pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id, bos_token_id=None,
    )  # fmt: skip
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    return path


@pytest.mark.parametrize(("reader", "rows", "stage"), [("conversations", TALKS, "sft"), ("preferences", PAIRS, "rm")])
def test_it_trains_on_the_folder(model: Path, tmp_path: Path, reader: str, rows: list[Row], stage: str) -> None:
    made(tmp_path, rows, "[llama_factory]", reader=reader)
    tuner.run_exp(
        {
            "stage": stage, "do_train": True, "model_name_or_path": str(model), "finetuning_type": "full",
            "dataset": "mill", "dataset_dir": str(tmp_path / "out/ready/llama_factory"), "template": "chatml",
            "output_dir": str(tmp_path / "trained"), "cutoff_len": 256, "max_steps": STEPS, "logging_steps": 1,
            "per_device_train_batch_size": 2, "learning_rate": 1e-2, "report_to": "none", "use_cpu": True,
            "save_strategy": "no", "overwrite_cache": True, "bf16": False, "fp16": False,
        }
    )  # fmt: skip
    told = [json.loads(line) for line in (tmp_path / "trained/trainer_log.jsonl").read_text().splitlines()]
    losses = [entry["loss"] for entry in told if "loss" in entry]
    assert len(losses) == STEPS and sum(losses[-5:]) < 0.8 * sum(losses[:5])

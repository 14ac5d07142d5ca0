"""A tiny model of random weights trains on what the sinks write, by TRL's own trainers (dependency group `train`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from records_for_trainers import batch, labelled, pairs, talks

from gristmill.contracts.sink import Sink
from gristmill.deliver.tokens import Tokens
from gristmill.deliver.trl import Trl
from gristmill.records.chat.template_library import TEMPLATES
from gristmill.records.kinds import Kind
from tokenizer_folders import byte_level, folder

trl = pytest.importorskip("trl")
transformers = pytest.importorskip("transformers")
datasets = pytest.importorskip("datasets")

STEPS = 20


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chatml = TEMPLATES["chatml"]
    return folder(
        tmp_path_factory.mktemp("model"), byte_level(), chat_template=chatml.source, eos_token="<|im_end|>",
        pad_token="<|end|>", tokenizer_class="PreTrainedTokenizerFast",
    )  # fmt: skip


def tiny(model: Path, kind: str = "LlamaForCausalLM", **more: Any) -> Any:
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    transformers.set_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=512, pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id, bos_token_id=None, **more,
    )  # fmt: skip
    return getattr(transformers, kind)(config), tokenizer


def loaded(path: Path, sink: Sink, kind: Kind, contents: list[dict[str, Any]]) -> Any:
    whole = batch(kind, contents)
    file = path / f"part{sink.suffix}"
    writer = sink.open(file, whole.schema)
    writer.write(whole)
    writer.close()
    form = "json" if sink.suffix == ".jsonl" else "parquet"
    return datasets.load_dataset(form, data_files=str(file), split="train", cache_dir=str(path / "cache"))


def losses(trainer: Any) -> list[float]:
    trainer.train()
    assert trainer.state.global_step == STEPS
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def arguments(kind: str, path: Path, **more: Any) -> Any:
    return getattr(trl, kind)(
        output_dir=str(path / "out"), max_steps=STEPS, per_device_train_batch_size=4, learning_rate=1e-2,
        logging_steps=1, save_strategy="no", report_to=[], use_cpu=True, bf16=False, gradient_checkpointing=False,
        dataset_num_proc=None, **more,
    )  # fmt: skip


def falls(found: list[float]) -> bool:
    return sum(found[-5:]) < 0.8 * sum(found[:5])


def test_sft_on_messages(model: Path, tmp_path: Path) -> None:
    rows = loaded(tmp_path, Trl(), "conversation", talks())
    net, tokenizer = tiny(model)
    args = arguments("SFTConfig", tmp_path, assistant_only_loss=True, max_length=512)
    trainer = trl.SFTTrainer(net, args=args, train_dataset=rows, processing_class=tokenizer)
    assert falls(losses(trainer))


def test_sft_on_tokens_learns_from_our_labels(model: Path, tmp_path: Path) -> None:
    rows = loaded(tmp_path, Tokens(tokenizer=str(model)), "conversation", talks())
    net, tokenizer = tiny(model)
    args = arguments("SFTConfig", tmp_path, max_length=512)
    trainer = trl.SFTTrainer(net, args=args, train_dataset=rows, processing_class=tokenizer)
    batch_of_four = next(iter(trainer.get_train_dataloader()))
    assert (batch_of_four["labels"] == -100).any()
    assert falls(losses(trainer))


def test_the_masks_are_those_of_trl(model: Path, tmp_path: Path) -> None:
    ours = loaded(tmp_path, Tokens(tokenizer=str(model)), "conversation", talks())
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    for row, content in zip(ours, talks(), strict=True):
        theirs = tokenizer.apply_chat_template(
            content["messages"], tokenize=True, return_dict=True, return_assistant_tokens_mask=True
        )
        assert row["input_ids"] == theirs["input_ids"]
        assert [int(label != -100) for label in row["labels"]] == theirs["assistant_masks"]


def test_sft_on_packed_rows(model: Path, tmp_path: Path) -> None:
    rows = loaded(tmp_path, Tokens(tokenizer=str(model), packing="best_fit", max_length=256), "conversation", talks(60))
    net, tokenizer = tiny(model)
    args = arguments("SFTConfig", tmp_path, max_length=256)
    trainer = trl.SFTTrainer(net, args=args, train_dataset=rows, processing_class=tokenizer)
    assert falls(losses(trainer))


def test_dpo_on_pairs(model: Path, tmp_path: Path) -> None:
    rows = loaded(tmp_path, Trl(), "preference", pairs())
    net, tokenizer = tiny(model)
    trainer = trl.DPOTrainer(
        net,
        ref_model=tiny(model)[0],
        args=arguments("DPOConfig", tmp_path),
        train_dataset=rows,
        processing_class=tokenizer,
    )
    assert falls(losses(trainer))


def test_kto_on_labelled_completions(model: Path, tmp_path: Path) -> None:
    rows = loaded(tmp_path, Trl(), "preference", labelled())
    net, tokenizer = tiny(model)
    try:
        from trl import KTOTrainer
    except ImportError:
        from trl.experimental.kto import KTOConfig, KTOTrainer

        trl.KTOConfig = KTOConfig
    trainer = KTOTrainer(
        net,
        ref_model=tiny(model)[0],
        args=arguments("KTOConfig", tmp_path),
        train_dataset=rows,
        processing_class=tokenizer,
    )
    found = losses(trainer)
    assert len(found) == STEPS
    assert sum(found[-5:]) < sum(found[:5])


def test_a_reward_model_on_pairs(model: Path, tmp_path: Path) -> None:
    rows = loaded(tmp_path, Trl(), "preference", pairs())
    net, tokenizer = tiny(model, "LlamaForSequenceClassification", num_labels=1)
    trainer = trl.RewardTrainer(
        net, args=arguments("RewardConfig", tmp_path), train_dataset=rows, processing_class=tokenizer
    )
    assert falls(losses(trainer))

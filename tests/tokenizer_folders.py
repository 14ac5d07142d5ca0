"""Small tokenizer folders, trained on a few sentences."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from gristmill.records.chat.template_library import TEMPLATES

SENTENCES = [
    "The mill grinds corn into flour, day and night.",
    "What is the capital of France? It is Paris.",
    "Hello! How are you? I am well, thank you.",
    "def add(a, b):\n    return a + b\n\n\nprint(add(2, 3))",
]
SPECIALS = sorted(
    {token for entry in TEMPLATES.values() for token in entry.tokens.values()}
    | {"<|im_start|>", "<|im_sep|>", "<|end|>", "<|start|>", "<|message|>", "<|channel|>", "<start_of_turn>"}
    | {"<|start_header_id|>", "<|end_header_id|>", "<|user|>", "<|assistant|>", "<|system|>"}
    | {"<｜User｜>", "<｜Assistant｜>", "<unk>"}
)


def byte_level() -> Tokenizer:
    """As GPT-2's: bytes, a space belongs to the word behind it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(SENTENCES * 4, trainer)
    return tokenizer


def spaced() -> Tokenizer:
    """As Llama 2's: a space is a letter of its own, and stands before every text."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    initial = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=500, show_progress=False, special_tokens=["<unk>", *initial])
    tokenizer.train_from_iterator(SENTENCES * 4, trainer)
    return tokenizer


def folder(path: Path, tokenizer: Tokenizer, specials: list[str] | None = None, **config: object) -> Path:
    """Written as a model's folder is."""
    path.mkdir(parents=True, exist_ok=True)
    chosen = SPECIALS if specials is None else specials
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in chosen])
    tokenizer.save(str(path / "tokenizer.json"))
    (path / "tokenizer_config.json").write_text(json.dumps(config))
    return path

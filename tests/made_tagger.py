"""Models that tag names: of a vocabulary, so that what they say of each word is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

LABELS = ("O", "B-GIVEN_NAME", "I-SURNAME", "B-STREET_NAME", "B-CITY", "B-ORG")
WORDS = {"jane": 1, "doe": 2, "élodie": 1, "baker": 3, "street": 3, "paris": 4, "acme": 5, "may": 0}
VOCABULARY = {"[UNK]": 0, **{word: at for at, word in enumerate(WORDS, 1)}, "perhaps": len(WORDS) + 1}
SURE, UNSURE = 8.0, 0.2

LOOKED_UP = [helper.make_node("Gather", ["table", "input_ids"], ["logits"])]
SWAYED = [  # each token by how many others are run with it, as the scales of a quantised batch are
    helper.make_node("Gather", ["table", "input_ids"], ["own"]),
    helper.make_node("Size", ["input_ids"], ["size"]),
    helper.make_node("Cast", ["size"], ["many"], to=TensorProto.FLOAT),
    helper.make_node("Div", ["own", "many"], ["logits"]),
]
QUANTISED = [
    helper.make_node("Gather", ["table", "input_ids"], ["own"]),
    helper.make_node("DynamicQuantizeLinear", ["own"], ["bytes", "scale", "zero"]),
    helper.make_node("DequantizeLinear", ["bytes", "scale", "zero"], ["logits"]),
]


def write(folder: Path, nodes: list[Any], texts_at_once: int | str = "texts", **config: object) -> Path:
    """A folder as exports have it: config and tokenizer above, the model in onnx/."""
    tokenizer = Tokenizer(models.WordLevel(VOCABULARY, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    labels = {str(at): name for at, name in enumerate(LABELS)}
    (folder / "config.json").write_text(json.dumps({"id2label": labels, **config}))
    table = np.zeros((len(VOCABULARY), len(LABELS)), np.float32)
    table[0, 0] = SURE
    for word, label in WORDS.items():
        table[VOCABULARY[word], label] = SURE
    table[VOCABULARY["perhaps"], 1] = UNSURE
    graph = helper.make_graph(
        nodes,
        "tagger",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [texts_at_once, "tokens"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [texts_at_once, "tokens", len(LABELS)])],
        [numpy_helper.from_array(table, "table")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    (folder / "onnx").mkdir()
    onnx.save(made, str(folder / "onnx" / "model.onnx"))
    return folder

"""Makes a tiny causal language model with random weights, as ONNX, and what PyTorch says the loss of some texts is.

Run in an environment with torch and onnx (made with torch 2.13.0): python make_causal_lm.py
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

VOCABULARY, PLACES, SIZE, HEADS = 260, 64, 16, 2
HERE = Path(__file__).parent / "causal_lm"


class TinyGPT(nn.Module):
    """One block of GPT-2: attention to what came before, then a perceptron; the output shares the embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(VOCABULARY, SIZE), nn.Embedding(PLACES, SIZE)
        self.before, self.between, self.after = (nn.LayerNorm(SIZE) for _ in range(3))
        self.attend, self.project = nn.Linear(SIZE, 3 * SIZE), nn.Linear(SIZE, SIZE)
        self.widen, self.narrow = nn.Linear(SIZE, 4 * SIZE), nn.Linear(4 * SIZE, SIZE)

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        length = input_ids.shape[1]
        place = torch.arange(length)
        x = self.tokens(input_ids) + self.places(place)
        parts = self.attend(self.before(x)).reshape(-1, length, 3, HEADS, SIZE // HEADS).permute(2, 0, 3, 1, 4)
        alike = parts[0] @ parts[1].transpose(2, 3) / (SIZE // HEADS) ** 0.5
        alike = alike.masked_fill(place[None, :] > place[:, None], float("-inf"))
        x = x + self.project((alike.softmax(-1) @ parts[2]).transpose(1, 2).reshape(-1, length, SIZE))
        x = x + self.narrow(functional.gelu(self.widen(self.between(x))))
        return self.after(x) @ self.tokens.weight.T


def main() -> None:
    torch.manual_seed(0)
    model = TinyGPT().eval()
    with torch.no_grad():
        model.tokens.weight.mul_(0.5)  # else it is so sure that no loss is small
    torch.onnx.export(
        model,
        (torch.randint(0, VOCABULARY, (1, 7)),),
        str(HERE / "model.onnx"),
        input_names=["input_ids"],
        output_names=["logits"],
        dynamic_axes={"input_ids": {0: "batch", 1: "length"}, "logits": {0: "batch", 1: "length"}},
        opset_version=17,
        dynamo=False,
    )
    draw = torch.Generator().manual_seed(1)
    cases = []
    for asked, answered in ((0, 12), (5, 9), (20, 30), (1, 2), (0, 2)):
        ids = torch.randint(0, VOCABULARY, (1, asked + answered), generator=draw)
        with torch.no_grad():
            logits = model(ids)[0]
        first = max(asked, 1)
        loss = functional.cross_entropy(logits[first - 1 : -1], ids[0, first:])
        cases.append({"prompt": ids[0, :asked].tolist(), "answer": ids[0, asked:].tolist(), "loss": loss.item()})
    (HERE / "losses.json").write_text(json.dumps({"torch": torch.__version__, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Data-Juicer's converters, there and back, on sets of rows: JSON from the input, JSON to the output.

Needs py-data-juicer, fire, jsonlines, loguru and tqdm; the converters need no more of it than that.
"""

from __future__ import annotations

import copy
import json
import sys
import time

from tools.fmt_conversion.post_tuning_dialog.data_juicer_format_to_target_format.dj_to_alpaca import dj_to_alpaca
from tools.fmt_conversion.post_tuning_dialog.data_juicer_format_to_target_format.dj_to_llama_factory_sharegpt import (
    dj_to_llama_factory_sharegpt,
)
from tools.fmt_conversion.post_tuning_dialog.source_format_to_data_juicer_format.alpaca_to_dj import alpaca_to_dj
from tools.fmt_conversion.post_tuning_dialog.source_format_to_data_juicer_format.llama_factory_sharegpt_to_dj import (
    llama_factory_sharegpt_to_dj,
)

OPENAI = ("messages", "role", "content")
SHAREGPT = ("conversations", "from", "value")


def there_and_back(form: str, row: dict) -> dict:
    if form == "alpaca":
        return dj_to_alpaca(alpaca_to_dj(row))
    keys, names = (OPENAI, ("user", "assistant")) if form == "messages" else (SHAREGPT, ("human", "gpt"))
    return dj_to_llama_factory_sharegpt(llama_factory_sharegpt_to_dj(row, *keys), *keys, *names)


results = {}
for name, (form, rows) in json.load(sys.stdin).items():
    rows = copy.deepcopy(rows)  # the converters change what they are given
    back = []
    begin = time.process_time()
    for row in rows:
        try:
            back.append(there_and_back(form, row))
        except Exception as error:  # noqa: BLE001 - whatever they raise is a refusal
            back.append({"refused": f"{type(error).__name__}: {error}"})
    results[name] = {"seconds": time.process_time() - begin, "rows": back}
json.dump(results, sys.stdout)

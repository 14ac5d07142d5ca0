"""Train fastText on a file, score texts by its Python binding one by one, and time it.

    python fasttext_classifier.py TRAIN TEXTS.json MODEL.bin SETTINGS.json      # prints JSON

Without TRAIN (`-`) the model that is there is only loaded.
"""

from __future__ import annotations

import json
import sys
import time

import fasttext

train, texts, model_path, settings = sys.argv[1:]
with open(texts, encoding="utf-8") as file:
    asked = [text.replace("\n", " ") for text in json.load(file)]
begun = time.process_time()
if train != "-":
    model = fasttext.train_supervised(train, thread=1, verbose=0, **json.loads(settings))
    model.save_model(model_path)
training = time.process_time() - begun
model = fasttext.load_model(model_path)
spent, rows = [], []
for _ in range(3):
    begun = time.process_time()
    rows = [model.predict(text, k=-1) for text in asked]
    spent.append(time.process_time() - begun)
shares = [dict(zip(labels, map(float, scores), strict=True)) for labels, scores in rows]
print(json.dumps({"training": training, "seconds": min(spent), "shares": shares}))

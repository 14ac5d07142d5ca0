"""Flags texts with better-profanity or alt-profanity-check, in their own environment, and says how long it took."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def flagged(name: str) -> Callable[[list[str]], list[bool]]:
    if name == "alt-profanity-check":
        from profanity_check import predict

        return lambda texts: [bool(one) for one in predict(texts)]
    from better_profanity import profanity

    profanity.load_censor_words()
    return lambda texts: [profanity.contains_profanity(text) for text in texts]


def main(name: str, source: Path) -> None:
    given = json.loads(source.read_text("utf-8"))
    flags = flagged(name)
    told = {"flags": flags(given["cases"])}
    begun = time.process_time()
    flags(given["speed"])
    print(json.dumps({**told, "seconds": time.process_time() - begun}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

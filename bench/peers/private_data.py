"""Runs a peer's personal-data finder over texts in memory, on this core, and says what it found as JSON.

private_data.py SYSTEM RECORDS [--spans]    SYSTEM: datatrove, dolma, presidio
"""

import json
import sys
import time
from collections import Counter


def datatrove():
    """Its formatter replaces; spans are found by its own expressions, as it does."""
    from datatrove.pipeline.formatters import PIIFormatter

    formatter = PIIFormatter()

    def find(text):
        formatter.format(text)
        replacers = (("email", formatter.emails_replacer), ("ip_address", formatter.ip_replacer))
        return [
            (kind, match.start(), match.end())
            for kind, one in replacers
            for match in one.regex.finditer(text)
            if not one.validator or one.validator(match.group(0))
        ]

    def only(text):
        formatter.format(text)
        return []

    return find, only


def dolma():
    from dolma.core.data_types import Document
    from dolma.taggers.pii import FastPiiRegex

    tagger = FastPiiRegex()
    kinds = {"EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "IP_ADDRESS": "ip_address"}

    def find(text):
        spans = tagger.predict(Document(id="0", text=text, source="bench")).spans
        return [(kinds[span.type], span.start, span.end) for span in spans if span.type in kinds]

    return find, find


def presidio():
    """Its pattern recognisers over a blank spaCy pipeline: no model of names."""
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def __init__(self):
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en", config={"nlp": {}})}
            self.nlp["en"].max_length = 10**9

        def load(self):
            pass

        def is_loaded(self):
            return True

    engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
    kinds = {
        "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "IP_ADDRESS": "ip_address", "CREDIT_CARD": "payment_card",
        "IBAN_CODE": "iban", "US_SSN": "ssn", "CRYPTO": "wallet",
    }  # fmt: skip

    def find(text):
        results = engine.analyze(text, language="en", entities=list(kinds))
        return [(kinds[one.entity_type], one.start, one.end) for one in results if one.score >= 0.4]

    return find, find


def main(system, source, spans):
    with open(source, encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    find, only = {"datatrove": datatrove, "dolma": dolma, "presidio": presidio}[system]()
    find("Write to a@b.io or +44 20 7946 0958")
    began = time.perf_counter()
    found, told = Counter(), []
    for row, text in enumerate(texts):
        some = (find if spans else only)(text)
        found.update(kind for kind, *_ in some)
        told += [(row, *one) for one in some] if spans else []
    print(json.dumps({"seconds": time.perf_counter() - began, "found": dict(found), "spans": told}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--spans" in sys.argv)

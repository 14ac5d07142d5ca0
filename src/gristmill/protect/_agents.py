"""Crawlers that fetch pages to train models with, by the names that robots.txt calls them.

From what their operators document, as of November 2026. Agents that only answer a person's question are left out.
"""

from __future__ import annotations

TRAINING_AGENTS = (
    "AI2Bot",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ClaudeBot",
    "cohere-training-data-crawler",
    "Diffbot",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "ICC-Crawler",
    "img2dataset",
    "Meta-ExternalAgent",
    "omgili",
    "omgilibot",
    "PanguBot",
    "Timpibot",
    "Webzio-Extended",
)

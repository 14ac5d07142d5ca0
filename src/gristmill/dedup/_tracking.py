"""Parameters that say how a visitor came to a page, and nothing of the page; `*` stands for any ending.

What the makers of web analytics, advertising and newsletters document of their own tools, and what Firefox and Brave
take out of links: https://firefox-source-docs.mozilla.org/toolkit/components/antitracking/anti-tracking/
query-stripping/index.html, https://github.com/brave/brave-browser/wiki/Query-String-Filter
"""

from __future__ import annotations

TRACKING: tuple[str, ...] = (
    # Google: https://support.google.com/analytics/answer/1033863, https://support.google.com/google-ads/answer/9744275
    *("utm_*", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl"),
    # Meta, Microsoft, X, TikTok, LinkedIn, Pinterest, Reddit, Yandex
    *(
        "fbclid",
        "igshid",
        "msclkid",
        "twclid",
        "ttclid",
        "li_fat_id",
        "epik",
        "rdt_cid",
        "yclid",
        "ysclid",
        "_openstat",
    ),
    # Matomo: https://matomo.org/faq/reports/what-is-campaign-tracking-and-why-it-is-important/
    *("mtm_*", "pk_campaign", "pk_kwd", "pk_source", "pk_medium", "pk_content", "pk_cid"),
    # Mailchimp, Marketo, MailerLite, Drip, Klaviyo, Vero, Olytics, Wicked Reports
    *("mc_cid", "mc_eid", "mkt_tok", "ml_subscriber", "ml_subscriber_hash", "__s", "_kx", "vero_conv", "vero_id"),
    *("oly_anon_id", "oly_enc_id", "wickedid", "rb_clickid"),
    # HubSpot: https://knowledge.hubspot.com/reports/hubspot-tracking-parameters
    *("__hssc", "__hstc", "__hsfp", "_hsenc", "_hsmi", "hsctatracking", "hsa_*"),
    # Adobe, Outbrain, Taboola
    *("s_kwcid", "ef_id", "dicbo", "tblci"),
)

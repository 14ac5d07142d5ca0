"""Secrets that providers give out in a form of their own: how each begins, what follows, its check where it has one."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable
from typing import NamedTuple

from gristmill.text.identifier_lists import Prefix

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _github(token: str) -> bool:
    """The last six characters are the CRC-32 of the others before, in base 62.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    """
    head, tail = token.split("_", 1)[1][:-6], token[-6:]
    number, digits = zlib.crc32(head.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(6, "0") == tail


def _jwt(token: str) -> bool:
    """RFC 7519: three parts of base64url, of which the first is a JSON object with `alg`."""
    parts = token.rstrip(".-").split(".")
    if len(parts) not in (3, 5):
        return False
    try:
        head = json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, binascii.Error):
        return False
    return isinstance(head, dict) and "alg" in head


def _mixed(token: str) -> bool:
    """Letters and digits both, and not few different ones: no word, no row of x."""
    body = token[3:]
    return any(map(str.isdigit, body)) and any(map(str.isalpha, body)) and len(set(body)) >= min(10, len(body) // 2)


def _telegram(token: str) -> bool:
    return token.count(":") == 1


def _discord(token: str) -> bool:
    parts = token.split(".")
    return len(parts) == 3 and len(parts[1]) in (6, 7) and len(parts[2]) >= 27


def _webhook(token: str) -> bool:
    return _mixed(token.rsplit("/", 1)[-1] + "aaa") or token.count("/") > 4


class Secret(NamedTuple):
    kind: str
    prefix: Prefix
    check: Callable[[str], bool] = _mixed


def _of(kind: str, begin: str, characters: str, low: int, high: int, check: Callable[[str], bool] = _mixed) -> Secret:
    return Secret(kind, Prefix(begin, characters, low, high), check)


SECRETS: tuple[Secret, ...] = (
    *(_of("aws_access_key", begin, "upper", 16, 16) for begin in ("AKIA", "ASIA", "ABIA", "ACCA")),
    _of("aws_bedrock_key", "ABSK", "base64", 109, 269),
    _of("google_api_key", "AIza", "word", 35, 35),
    _of("google_oauth_token", "ya29.", "dotted", 20, 1024),
    _of("google_oauth_secret", "GOCSPX-", "word", 28, 28),
    _of("github_token", "ghp_", "alnum", 36, 36, _github),
    _of("github_token", "gho_", "alnum", 36, 36, _github),
    _of("github_token", "ghu_", "alnum", 36, 36, _github),
    _of("github_token", "ghs_", "alnum", 36, 36, _github),
    _of("github_token", "ghr_", "alnum", 36, 76, _github),
    _of("github_fine_grained_token", "github_pat_", "word", 80, 90),
    _of("gitlab_token", "glpat-", "dotted", 20, 60),
    _of("gitlab_deploy_token", "gldt-", "word", 20, 60),
    _of("gitlab_runner_token", "glrt-", "dotted", 20, 60),
    _of("gitlab_trigger_token", "glptt-", "word", 40, 60),
    _of("gitlab_oauth_secret", "gloas-", "word", 40, 80),
    *(_of("slack_token", f"xox{kind}-", "word", 20, 200) for kind in "bpars"),
    _of("slack_app_token", "xapp-", "word", 30, 200),
    _of("slack_webhook", "https://hooks.slack.com/", "url", 30, 100, _webhook),
    _of("discord_webhook", "https://discord.com/api/webhooks/", "url", 60, 120, _webhook),
    _of("discord_webhook", "https://discordapp.com/api/webhooks/", "url", 60, 120, _webhook),
    _of("teams_webhook", "https://outlook.office.com/webhook/", "url", 60, 300, _webhook),
    *(_of("discord_token", begin, "dotted", 54, 78, _discord) for begin in ("MTA", "MTE", "MTI", "ODA", "NzA")),
    _of("stripe_key", "sk_live_", "alnum", 16, 200),
    _of("stripe_key", "rk_live_", "alnum", 16, 200),
    _of("stripe_key", "sk_test_", "alnum", 16, 200),
    _of("stripe_key", "rk_test_", "alnum", 16, 200),
    _of("stripe_webhook_secret", "whsec_", "base64", 32, 64),
    _of("anthropic_key", "sk-ant-", "word", 80, 120),
    _of("openai_key", "sk-proj-", "word", 40, 200),
    _of("openai_key", "sk-svcacct-", "word", 40, 200),
    _of("openai_key", "sk-admin-", "word", 40, 200),
    _of("openrouter_key", "sk-or-v1-", "hex", 64, 64),
    _of("openai_key", "sk-", "alnum", 48, 48),
    _of("deepseek_key", "sk-", "hex", 32, 32),
    _of("huggingface_token", "hf_", "alnum", 34, 40),
    _of("huggingface_organisation_token", "api_org_", "alnum", 34, 34),
    _of("replicate_token", "r8_", "alnum", 37, 40),
    _of("groq_key", "gsk_", "alnum", 48, 56),
    _of("xai_key", "xai-", "alnum", 70, 90),
    _of("perplexity_key", "pplx-", "alnum", 40, 60),
    _of("fireworks_key", "fw_", "alnum", 22, 26),
    _of("langsmith_key", "lsv2_", "word", 36, 60),
    _of("nvidia_key", "nvapi-", "word", 60, 80),
    _of("pinecone_key", "pcsk_", "word", 60, 80),
    _of("weights_and_biases_key", "wandb_v1_", "word", 40, 100),
    _of("npm_token", "npm_", "alnum", 36, 36, _github),
    _of("pypi_token", "pypi-AgEIcHlwaS5vcmc", "word", 50, 400),
    _of("pypi_token", "pypi-AgENdGVzdC5weXBpLm9yZ", "word", 50, 400),
    _of("rubygems_key", "rubygems_", "hex", 48, 48),
    _of("crates_token", "cio", "alnum", 32, 32),
    _of("docker_token", "dckr_pat_", "word", 27, 40),
    _of("docker_token", "dckr_oat_", "word", 27, 40),
    _of("nuget_key", "oy2", "lower", 43, 43),
    _of("clojars_token", "CLOJARS_", "lower", 60, 60),
    _of("sendgrid_key", "SG.", "dotted", 66, 66),
    _of("mailgun_key", "key-", "hex", 32, 32),
    _of("mailchimp_key", "md-", "word", 22, 22),
    _of("sendinblue_key", "xkeysib-", "word", 81, 81),
    _of("sendinblue_key", "xsmtpsib-", "word", 80, 90),
    _of("resend_key", "re_", "word", 32, 36),
    *(_of("twilio_api_key", f"SK{digit}", "hex", 31, 31) for digit in "0123456789abcdef"),
    _of("square_token", "sq0atp-", "word", 22, 22),
    _of("square_secret", "sq0csp-", "word", 43, 43),
    _of("square_token", "EAAA", "word", 60, 60),
    _of("paypal_token", "access_token$production$", "url", 40, 60),
    _of("flutterwave_key", "FLWSECK_TEST-", "word", 12, 40),
    _of("flutterwave_key", "FLWSECK-", "word", 32, 40),
    _of("razorpay_key", "rzp_live_", "alnum", 14, 14),
    _of("shopify_token", "shpat_", "uuid", 32, 32),
    _of("shopify_token", "shpca_", "uuid", 32, 32),
    _of("shopify_token", "shppa_", "uuid", 32, 32),
    _of("shopify_secret", "shpss_", "uuid", 32, 32),
    _of("facebook_token", "EAACEdEose0cBA", "alnum", 20, 300),
    _of("facebook_token", "EAAG", "alnum", 80, 300),
    _of("facebook_token", "EAAB", "alnum", 80, 300),
    _of("telegram_bot_token", "bot", "url", 40, 60, _telegram),
    _of("twitter_bearer_token", "AAAAAAAAAAAAAAAAAAAAA", "url", 60, 120),
    _of("digitalocean_token", "dop_v1_", "hex", 64, 64),
    _of("digitalocean_token", "doo_v1_", "hex", 64, 64),
    _of("digitalocean_token", "dor_v1_", "hex", 64, 64),
    _of("heroku_key", "HRKU-", "word", 36, 70),
    _of("fly_token", "fo1_", "word", 40, 60),
    _of("netlify_token", "nfp_", "alnum", 36, 40),
    _of("vercel_token", "vercel_blob_rw_", "word", 30, 60),
    _of("cloudflare_origin_key", "v1.0-", "word", 140, 200),
    _of("hashicorp_vault_token", "hvs.", "word", 24, 200),
    _of("hashicorp_vault_token", "hvb.", "word", 100, 300),
    _of("terraform_token", "atlasv1.", "word", 60, 80),
    _of("pulumi_token", "pul-", "hex", 40, 40),
    _of("doppler_token", "dp.pt.", "alnum", 40, 44),
    _of("doppler_token", "dp.st.", "dotted", 40, 60),
    _of("databricks_token", "dapi", "hex", 32, 34),
    _of("planetscale_password", "pscale_pw_", "dotted", 32, 64),
    _of("planetscale_token", "pscale_tkn_", "dotted", 32, 64),
    _of("supabase_key", "sbp_", "hex", 40, 40),
    _of("supabase_key", "sb_secret_", "word", 20, 60),
    _of("prefect_key", "pnu_", "alnum", 36, 36),
    _of("airtable_token", "pat", "dotted", 79, 79),
    _of("notion_token", "secret_", "alnum", 43, 43),
    _of("notion_token", "ntn_", "alnum", 40, 50),
    _of("linear_key", "lin_api_", "alnum", 40, 40),
    _of("linear_token", "lin_oauth_", "hex", 64, 64),
    _of("figma_token", "figd_", "word", 36, 50),
    _of("atlassian_token", "ATATT3", "base64", 180, 220),
    _of("bitbucket_token", "ATBB", "alnum", 32, 40),
    _of("contentful_token", "CFPAT-", "word", 43, 43),
    _of("new_relic_key", "NRAK-", "upper", 27, 27),
    _of("new_relic_key", "NRJS-", "hex", 19, 19),
    _of("grafana_token", "glsa_", "word", 41, 41),
    _of("grafana_token", "glc_", "base64", 32, 400),
    _of("sentry_token", "sntrys_", "base64", 60, 400),
    _of("sentry_token", "sntryu_", "hex", 64, 64),
    _of("dynatrace_token", "dt0c01.", "dotted", 80, 100),
    _of("launchdarkly_key", "sdk-", "uuid", 36, 36),
    _of("posthog_key", "phx_", "alnum", 43, 50),
    _of("segment_key", "sgp_", "alnum", 64, 64),
    _of("readme_key", "rdme_", "lower", 70, 70),
    _of("postman_key", "PMAK-", "word", 59, 59),
    _of("duffel_token", "duffel_live_", "word", 43, 43),
    _of("easypost_key", "EZAK", "alnum", 54, 54),
    _of("shippo_token", "shippo_live_", "hex", 40, 40),
    _of("frameio_token", "fio-u-", "word", 64, 64),
    _of("age_secret_key", "AGE-SECRET-KEY-1", "upper", 58, 58),
    _of("artifactory_token", "AKCp", "alnum", 60, 75),
    _of("sonar_token", "squ_", "hex", 40, 40),
    _of("sonar_token", "sqp_", "hex", 40, 40),
    _of("jwt", "eyJ", "dotted", 40, 4096, _jwt),
)
"""Facts on the forms are from the providers' own pages and from what public scanners look for; a form without a check
wants digits and letters mixed. Of two that begin alike the longer beginning stands first."""

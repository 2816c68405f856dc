"""Tells people who are not watching: one POST to a webhook, which never decides a run's result."""

import json
import logging
import os
import urllib.request
from http import HTTPStatus

VARIABLE = "BODYWORN_WEBHOOK"
SECONDS = 10
_log = logging.getLogger(__name__)


def alert(text: str) -> bool:
    """POST `{"text": ...}` to the address in `BODYWORN_WEBHOOK`; False when nobody was told.

    Chat services that take incoming webhooks read this form. Any failure is logged and swallowed.
    """
    address = os.environ.get(VARIABLE, "")
    if not address:
        return False
    if not address.startswith(("http://", "https://")):
        _log.warning("%s must begin with http:// or https://", VARIABLE)
        return False
    request = urllib.request.Request(  # noqa: S310  the scheme is checked above
        address,
        data=json.dumps({"text": text}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return bool(answer.status < HTTPStatus.MULTIPLE_CHOICES)
    except (OSError, ValueError) as error:
        _log.warning("the webhook was not reached: %s", error)
        return False

"""What an OpenID provider answers, within limits of time and size; redirects are not followed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from surveillance.errors import SurveillanceError
from surveillance.sources.body import Damaged, Unusable, read_body

#: Seconds to connect, between two bytes, and in all; somebody waits.
TIMEOUT, IN_ALL = (5.0, 10.0), 15.0
#: Bytes of an answer: providers with many keys have some 20,000.
MOST_BYTES = 512 * 1024


class OpenIdFailed(SurveillanceError):
    """Signing in with the provider did not work; `str()` says why, without what it sent."""


def asked(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    login: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON object at an address, or that a form sent there gives; raises `OpenIdFailed`."""
    try:
        with requests.request(
            "POST" if form is not None else "GET",
            url,
            data=form,
            auth=login,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=TIMEOUT,
            stream=True,
            allow_redirects=False,
        ) as response:
            body = read_body(response.raw, max_bytes=MOST_BYTES, seconds=IN_ALL)
            status = response.status_code
    except (requests.RequestException, HTTPError, Damaged):
        raise OpenIdFailed("the identity provider does not answer.", hint=_LATER) from None
    except Unusable as fault:
        raise OpenIdFailed(f"the identity provider {fault}.", hint=_LATER) from None
    if status != requests.codes.ok:
        raise OpenIdFailed(f"the identity provider refused it ({status}).", hint=_LATER)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise OpenIdFailed("the identity provider answers with something else than JSON.")
    return found


def is_safe(url: object) -> bool:
    """Whether nobody on the way reads or changes what is sent there: HTTPS, or this machine."""
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname))
    )


def _is_this_machine(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


_LATER = "Try again, or ask who runs this page."

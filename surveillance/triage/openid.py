"""Signing in with an OpenID provider: the authorization code flow with PKCE, state and nonce.

OpenID Connect Core 1.0, section 3.1; RFC 7636 (PKCE); RFC 9700 (OAuth 2.0 security). The provider
only says who somebody is: accounts and roles are made here, by an administrator.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from surveillance.errors import UnreadableInput
from surveillance.settings import Settings
from surveillance.triage.openid_asking import OpenIdFailed, asked, is_safe
from surveillance.triage.openid_tokens import Key, claims_of, key_named, public_keys

#: Seconds from leaving for the provider to coming back.
PATIENCE = 600
_DISCOVERY = "/.well-known/openid-configuration"
#: Seconds that a provider's description and keys hold, and before unknown keys are asked for again.
_DESCRIBED, _KEYS_AGAIN = 3600.0, 60.0
_MOST_PENDING = 10_000
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody on the way to the provider: where to, and the cookie that they come back with."""

    where: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for: its own name of the person, the account's, where they go."""

    subject: str
    name: str
    next: str


@dataclass(frozen=True, slots=True)
class _Pending:
    nonce: str
    verifier: str
    cookie: str
    next: str
    until: float


@dataclass(slots=True)
class OpenId:
    """The provider of the settings. Who is on the way is kept here, and used once."""

    issuer: str
    client: str
    secret: str
    name: str
    claim: str
    back: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pending: OrderedDict[str, _Pending] = field(default_factory=OrderedDict)
    _described: tuple[float, dict[str, Any]] | None = None
    _keys: tuple[float, list[Key]] | None = None

    def leave(self, next: str) -> Leaving:
        """Begin: an address of the provider with a state, a nonce and a PKCE challenge."""
        described = self._description()
        state, nonce, verifier, cookie = (secrets.token_urlsafe(32) for _ in range(4))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        asking = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.back,
            "scope": "openid profile email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge.decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        with self._lock:
            self._pending[state] = _Pending(
                nonce, verifier, cookie, next, time.monotonic() + PATIENCE
            )
            while len(self._pending) > _MOST_PENDING:
                self._pending.popitem(last=False)
        where = described["authorization_endpoint"]
        return Leaving(f"{where}{'&' if '?' in where else '?'}{urlencode(asking)}", cookie)

    def come_back(self, *, state: str, code: str, cookie: str, issuer: str = "") -> Vouched:
        """Who it is that comes back; raises `OpenIdFailed`, also for a state that was used."""
        with self._lock:
            pending = self._pending.pop(state, None)
        if pending is None or pending.until < time.monotonic():
            raise OpenIdFailed("this way of signing in has ended.", hint="Begin again.")
        if not secrets.compare_digest(pending.cookie.encode(), cookie.encode()):
            raise OpenIdFailed("another browser began to sign in so.", hint="Begin again.")
        # RFC 9207: a provider that names itself must be the one that was asked.
        if issuer and issuer != self.issuer:
            raise OpenIdFailed("another identity provider answers.")
        if not code or len(code) > _LONGEST:
            raise OpenIdFailed("the identity provider did not let you in.")
        claims = self._claims(code, pending)
        return Vouched(f"{self.issuer} {claims['sub']}", self._account(claims), pending.next)

    def _claims(self, code: str, pending: _Pending) -> dict[str, Any]:
        described = self._description()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": pending.verifier,
        }
        login = None
        if not self.secret:
            form["client_id"] = self.client
        elif "client_secret_basic" in described.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            # RFC 6749, 2.3.1: both are form-encoded before they are joined.
            login = quote(self.client, safe=""), quote(self.secret, safe="")
        else:
            form |= {"client_id": self.client, "client_secret": self.secret}
        token = asked(described["token_endpoint"], form=form, login=login).get("id_token")
        if not isinstance(token, str):
            raise OpenIdFailed("the identity provider does not say who you are.")
        keys = self._keys_for(key_named(token), described["jwks_uri"])
        return claims_of(token, keys, issuer=self.issuer, client=self.client, nonce=pending.nonce)

    def _account(self, claims: dict[str, Any]) -> str:
        """The name of the account; an address counts where the provider has verified it."""
        name = claims.get(self.claim)
        if not isinstance(name, str) or not name.strip():
            raise OpenIdFailed(f"the identity provider does not tell your name ({self.claim}).")
        if self.claim == "email" and claims.get("email_verified") is not True:
            raise OpenIdFailed("the identity provider has not verified your address.")
        return name

    def _description(self) -> dict[str, Any]:
        kept = self._described
        if kept is not None and time.monotonic() - kept[0] < _DESCRIBED:
            return kept[1]
        found = asked(f"{self.issuer.rstrip('/')}{_DISCOVERY}")
        if found.get("issuer") != self.issuer:
            raise OpenIdFailed("the identity provider calls itself otherwise than the settings.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_safe(found.get(name)):
                raise OpenIdFailed(f"the identity provider has no safe address ({name}).")
        self._described = time.monotonic(), found
        return found

    def _keys_for(self, named: str, url: str) -> list[Key]:
        """The keys of that name, or all where none is named.

        They are asked for again where the name is new, and from time to time, so that a key that
        the provider withdrew opens nothing any more.
        """
        kept = self._keys
        age = time.monotonic() - kept[0] if kept else 0.0
        if kept is None or age > _DESCRIBED or (age > _KEYS_AGAIN and not _fitting(kept[1], named)):
            kept = self._keys = time.monotonic(), public_keys(asked(url))
        return _fitting(kept[1], named)


def openid_of(settings: Settings) -> OpenId | None:
    """The provider that the settings name, None where they name none.

    Raises `UnreadableInput` where something is missing, or where others could read along.
    """
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id or not settings.page_url:
        raise UnreadableInput(
            "SURVEIL_OIDC_ISSUER needs SURVEIL_OIDC_CLIENT_ID and SURVEIL_PAGE_URL, too."
        )
    if not is_safe(settings.oidc_issuer):
        raise UnreadableInput("SURVEIL_OIDC_ISSUER must begin with https://.")
    secret = settings.oidc_client_secret
    return OpenId(
        issuer=settings.oidc_issuer,
        client=settings.oidc_client_id,
        secret=secret.get_secret_value() if secret else "",
        name=settings.oidc_name,
        claim=settings.oidc_claim,
        back=f"{settings.page_url}/sign-in/openid/back",
    )


def _fitting(keys: list[Key], named: str) -> list[Key]:
    return [key for key in keys if not named or key.kid == named]

"""An ID token verified: whose it is, for whom, signed by whom, and that it answers our question.

OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725 (JSON Web Token best current practices).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from surveillance.triage.openid_asking import OpenIdFailed

#: Signatures that only the provider can make: none with a key that both sides know, and not “none”.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
)  # fmt: skip
#: Seconds that two clocks may differ.
_LEEWAY = 60
_LONGEST = 20_000
_PUBLIC = frozenset({"RSA", "EC"})
Key = RSAKey | ECKey


def public_keys(found: Mapping[str, Any]) -> list[Key]:
    """The keys of a provider that can verify a signature; keys that are shared secrets are none."""
    listed = found.get("keys")
    kept = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("kty") in _PUBLIC and one.get("use", "sig") == "sig"
    ]
    try:
        keys = KeySet.import_key_set({"keys": kept}).keys if kept else []
    except (JoseError, ValueError, TypeError, KeyError):
        keys = []
    return [one for one in keys if isinstance(one, RSAKey | ECKey)]


def key_named(token: str) -> str:
    """The name of the key that a token says it is signed with; empty: it names none."""
    if len(token) > _LONGEST:
        raise OpenIdFailed("the identity provider's answer is too long.")
    try:
        named = jws.extract_compact(token.encode()).headers().get("kid", "")
    except (JoseError, ValueError, TypeError, KeyError):
        raise OpenIdFailed("the identity provider's answer is no signed token.") from None
    return named if isinstance(named, str) else ""


def claims_of(
    token: str, keys: Iterable[Key], *, issuer: str, client: str, nonce: str
) -> dict[str, Any]:
    """What the provider says of a person; raises `OpenIdFailed` where anything does not hold."""
    claims = _signed(token, keys)
    registry = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    )
    try:
        registry.validate(claims)
    except (JoseError, ValueError, TypeError) as fault:
        raise OpenIdFailed(f"the identity provider's answer does not hold ({fault}).") from None
    said = claims["nonce"]
    if not isinstance(said, str) or not secrets.compare_digest(said.encode(), nonce.encode()):
        raise OpenIdFailed("the identity provider answers another question (nonce).")
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if several else client) != client:
        raise OpenIdFailed("the identity provider's answer is for somebody else (azp).")
    return claims


def _signed(token: str, keys: Iterable[Key]) -> dict[str, Any]:
    for key in keys:
        try:
            return jwt.decode(token, key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    raise OpenIdFailed("the identity provider's answer is not signed by it.")

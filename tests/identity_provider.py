"""A small OpenID provider on loopback, with keys of its own, that can be told to misbehave.

It knows one person, who has always consented. Codes are used once and PKCE is checked, so that a
client without it fails here as it would at a real one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "surveil", "a secret: with, marks"
Claims = dict[str, Any]


def made_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


def unsigned(claims: Claims) -> str:
    """A token that says that nobody signed it."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    coded = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts]
    return ".".join(one.rstrip("=") for one in coded) + "."


@dataclass
class Provider:
    """The provider; `token` makes the ID token of its claims, and tests put others there."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: made_key("one"))
    person: Claims = field(
        default_factory=lambda: {"sub": "s-1", "preferred_username": "Ida Provided"}
    )
    change: Callable[[Claims], Claims] = lambda claims: claims
    token: Callable[[Claims], str] | None = None
    described: Claims = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def signed(self, claims: Claims) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def by_shared_key(self, claims: Claims) -> str:
        """Signed with the public key as if it were a secret of both sides (RFC 8725, 2.1)."""
        key = OctKey.import_key(self.key.as_pem(private=False))
        return jwt.encode({"alg": "HS256", "kid": self.key.kid}, claims, key)

    def description(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.described,
        }

    def authorize(self, asking: dict[str, str]) -> str:
        """Where the person's browser goes after consenting."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = asking
        told = {"code": code, "state": asking["state"], "iss": self.issuer}
        return f"{asking['redirect_uri']}?{urlencode(told)}"

    def exchange(self, form: dict[str, str], login: str) -> tuple[int, Claims]:
        asking = self.codes.pop(form.get("code", ""), None)
        if login:
            sent = base64.b64decode(login.removeprefix("Basic ")).decode().split(":", 1)
            name, secret = map(unquote, sent)
        else:
            name, secret = form.get("client_id", ""), form.get("client_secret", "")
        if asking is None or (name, secret) != (CLIENT, SECRET):
            return 400, {"error": "invalid_client" if asking else "invalid_grant"}
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if challenge != asking["code_challenge"] or form["redirect_uri"] != asking["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": asking["client_id"],
            "iat": now,
            "exp": now + 300,
            "nonce": asking["nonce"],
            **self.person,
        }
        changed = self.change(claims)
        return 200, {"access_token": "a", "id_token": (self.token or self.signed)(changed)}

    def answer(self, path: str, query: dict[str, str], login: str) -> tuple[int, bytes, str]:
        """Status, body and, where the browser is sent on, the address."""
        self.asked.append(path)
        if path in self.raw:
            return 200, self.raw[path], ""
        status, found, where = 200, dict[str, Any](), ""
        if path == "/.well-known/openid-configuration":
            found = self.description()
        elif path == "/keys":
            found = dict(KeySet([self.key]).as_dict(private=False))
        elif path == "/authorize":
            status, where = 302, self.authorize(query)
        elif path == "/token":
            status, found = self.exchange(query, login)
        else:
            status = 404
        return status, json.dumps(found).encode(), where


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """A provider on a free port."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self._answer(self.rfile.read(length).decode())

        def _answer(self, sent: str) -> None:
            given = {name: values[0] for name, values in parse_qs(sent).items()}
            status, body, where = provider.answer(
                urlsplit(self.path).path, given, self.headers.get("Authorization", "")
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if where:
                self.send_header("Location", where)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: pytest shows what failed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

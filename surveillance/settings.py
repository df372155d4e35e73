"""What a workspace is set to: `SURVEIL_*` from the environment or from a `.env` beside it.

Secrets are `SecretStr`: their value is in no repr, no log and no error.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from surveillance.errors import UnreadableInput
from surveillance.topics import MAIL_ADDRESS

#: What the variable begins with that holds a webhook's address.
WEBHOOK = "SURVEIL_WEBHOOK_"


class Settings(BaseSettings):
    """Where things lie and whom to ask. docs/settings.md describes each; a test holds the two."""

    model_config = SettingsConfigDict(
        env_prefix="SURVEIL_", env_file=".env", extra="ignore", frozen=True
    )

    workspace: Path = Field(
        default=Path(), description="The folder that holds the topics, the store and the alerts."
    )
    database_url: str = Field(
        default="", description="The store; empty: SQLite, `surveil.db` in the workspace."
    )
    pubmed_url: str = Field(
        default="https://eutils.ncbi.nlm.nih.gov/entrez/eutils/",
        description="Where PubMed's E-utilities are asked.",
    )
    clinicaltrials_url: str = Field(
        default="https://clinicaltrials.gov/api/v2/",
        description="Where ClinicalTrials.gov (API version 2) is asked.",
    )
    europepmc_url: str = Field(
        default="https://www.ebi.ac.uk/europepmc/webservices/rest/",
        description="Where Europe PMC is asked.",
    )
    mesh_url: str = Field(
        default="https://nlmpubs.nlm.nih.gov/projects/mesh/MESH_FILES/xmlmesh/desc{year}.gz",
        pattern=r"^https?://",
        description="NLM's descriptor XML, for `surveil mesh update`; {year} is this year.",
    )
    pubmed_files_url: str = Field(
        default="https://ftp.ncbi.nlm.nih.gov/pubmed/",
        pattern=r"^https?://",
        description="NLM's folder of baseline and update files, for `surveil bulk`.",
    )
    contact_email: str = Field(
        default="",
        description="The address that NCBI asks every user of E-utilities to send along.",
    )
    ncbi_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("NCBI_API_KEY", "SURVEIL_NCBI_API_KEY"),
        description="NCBI's key: ten requests a second instead of three. A secret.",
    )
    pubmed_pause: float | None = Field(
        default=None,
        ge=0,
        le=60,
        description="Seconds between two requests to PubMed; empty: as often as NCBI allows.",
    )
    clinicaltrials_pause: float = Field(
        default=1.0, ge=0, le=60, description="Seconds between two requests to ClinicalTrials.gov."
    )
    europepmc_pause: float = Field(
        default=0.5, ge=0, le=60, description="Seconds between two requests to Europe PMC."
    )
    pubmed_files_pause: float = Field(
        default=0.35,
        ge=0,
        le=60,
        description="Seconds between two requests to the server of NLM's files.",
    )
    retry_wait: float = Field(
        default=1.0,
        ge=0,
        le=60,
        description="Seconds before a source that failed is asked again; it doubles each time.",
    )
    smtp_host: str = Field(default="", description="The mail server; empty: no mail is sent.")
    smtp_port: int | None = Field(
        default=None, ge=1, le=65535, description="Its port; empty: 587, 465 with implicit TLS."
    )
    smtp_tls: Literal["starttls", "implicit", "none"] = Field(
        default="starttls",
        description="How the connection is kept secret; `none` only to this machine itself.",
    )
    smtp_allow_plain: bool = Field(
        default=False, description="Let `none` reach other machines, too: anybody can read along."
    )
    smtp_ca_file: Path | None = Field(
        default=None, description="Certificates that are trusted beside the system's."
    )
    smtp_user: SecretStr | None = Field(default=None, description="A secret.")
    smtp_password: SecretStr | None = Field(default=None, description="A secret.")
    smtp_from: str = Field(
        default="",
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="Who the mails are from: an address, or `A name <address>`.",
    )
    smtp_timeout: float = Field(
        default=30.0, gt=0, le=600, description="Seconds that the mail server may be silent."
    )
    admin_email: str = Field(
        default="",
        pattern=rf"^$|{MAIL_ADDRESS}",
        description="Who is told of mail that could not be delivered.",
    )
    secret_key: SecretStr | None = Field(
        default=None, min_length=32, description="Signs the links of unsubscribing. A secret."
    )
    page_url: str = Field(
        default="",
        pattern=r"^$|^https?://[^\s\x00-\x1f<>\"]+$",
        description="The address of the triage page, which links in messages lead to.",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^$|^https?://[^\s\x00-\x1f<>\"?#]+$",
        description="The OpenID provider that people may sign in with; empty: none.",
    )
    oidc_client_id: str = Field(default="", description="What the provider calls this page.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="How the page proves to be itself to the provider. A secret."
    )
    oidc_name: str = Field(
        default="your organisation",
        min_length=1,
        max_length=60,
        description="What the sign-in page calls the provider.",
    )
    oidc_claim: str = Field(
        default="preferred_username",
        pattern=r"^[A-Za-z0-9_:/.-]+$",
        description="What the provider says of people that is their account's name here.",
    )
    banner: str = Field(
        default="", description="A sentence that stands on top of everything that is sent out."
    )

    @field_validator("pubmed_url", "clinicaltrials_url", "europepmc_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("an address begins with http:// or https://")
        return value if value.endswith("/") else value + "/"

    @field_validator("page_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def topics_folder(self) -> Path:
        """One folder a topic."""
        return self.workspace / "search_strategies"

    @property
    def mesh_file(self) -> Path:
        """The MeSH that `surveil mesh update` stores, for topics without one of their own."""
        return self.workspace / "mesh.tsv"

    @property
    def alerts_folder(self) -> Path:
        """Where digests are put."""
        return self.workspace / "alerts"

    @property
    def store_url(self) -> str:
        """The store's address for SQLAlchemy."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.workspace / 'surveil.db').resolve()}"


def webhook_address(name: str) -> SecretStr | None:
    """The address of the webhook of that name; it is a secret, so the environment alone has it."""
    address = os.environ.get(f"{WEBHOOK}{name}", "").strip()
    return SecretStr(address) if address else None


def read_settings() -> Settings:
    """The settings of this process; raises `UnreadableInput` naming the variable at fault."""
    try:
        return Settings()
    except ValidationError as fault:
        first = fault.errors()[0]
        name = str(first["loc"][0]).upper()
        name = name if name.startswith("NCBI") else f"SURVEIL_{name}"
        raise UnreadableInput(f"the setting {name} cannot be used: {first['msg']}.") from None

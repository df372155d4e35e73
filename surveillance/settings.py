"""What a workspace is set to: `SURVEIL_*` from the environment or from a `.env` beside it.

Secrets are `SecretStr`: their value is in no repr, no log and no error.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from surveillance.errors import UnreadableInput


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
    retry_wait: float = Field(
        default=1.0,
        ge=0,
        le=60,
        description="Seconds before a source that failed is asked again; it doubles each time.",
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


def read_settings() -> Settings:
    """The settings of this process; raises `UnreadableInput` naming the variable at fault."""
    try:
        return Settings()
    except ValidationError as fault:
        first = fault.errors()[0]
        name = str(first["loc"][0]).upper()
        name = name if name.startswith("NCBI") else f"SURVEIL_{name}"
        raise UnreadableInput(f"the setting {name} cannot be used: {first['msg']}.") from None

"""Every setting, with its default, once. Nothing else in the project reads the environment.

A setting is changed by an environment variable named after it: ``COVERLOOP_HOME``,
``COVERLOOP_LAKE_URI``, ``COVERLOOP_MAX_VIDEO_SECONDS`` and so on.
"""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Where things live and how large they may be."""

    model_config = SettingsConfigDict(env_prefix="COVERLOOP_", frozen=True, extra="ignore")

    home: Path = Field(Path.home() / ".coverloop", description="Everything Coverloop writes on one machine.")
    lake_uri: str = Field("", description="Folder or object-store URI of the Lance lake; empty means HOME/lake.")
    blob_uri: str = Field("", description="Folder or URI of content-addressed files; empty means HOME/blobs.")
    landing_uri: str = Field("", description="Folder or fsspec URI watched for new videos; empty means HOME/landing.")
    catalog_uri: str = Field(
        "",
        description="Product catalogue, CSV or Parquet; empty: products.* in the landing folder.",
    )
    models_dir: Path | None = Field(None, description="Cache of model weights; empty means HOME/models.")
    mlflow_uri: str = Field("", description="MLflow tracking server; empty means HOME/mlflow.db.")
    profile: str = Field("embedded", description="Which of infra/profiles/*.yaml chooses models and launchers.")
    language_api_key: SecretStr = Field(SecretStr(""), description="Bearer token for the servers a profile names.")

    airflow_port: int = Field(8080, gt=0, lt=65536, description="Where make run serves Airflow on this machine.")
    mlflow_port: int = Field(5000, gt=0, lt=65536, description="Where make run serves MLflow on this machine.")

    max_video_bytes: int = Field(4 * 2**30, gt=0, description="Larger files are refused.")
    max_video_seconds: float = Field(4 * 3600.0, gt=0, description="Longer videos are refused.")
    max_picture_bytes: int = Field(64 * 2**20, gt=0, description="Larger poster files are refused.")
    max_picture_pixels: int = Field(64_000_000, gt=0, description="Posters of more pixels are refused.")
    media_batch_size: int = Field(16, gt=0, description="Videos or posters per mapped task; one costs a second.")
    cover_candidates: int = Field(6, ge=2, le=12, description="Candidate covers made for each video.")

    approve_promotions: bool = Field(
        False, description="Whether a person must approve, in Airflow, before a title or layout model is promoted."
    )

    attribution_window_minutes: int = Field(30, gt=0, description="A click counts within this of its impression.")
    uniform_share: float = Field(0.1, gt=0, le=1, description="Share of impressions served uniformly at random.")
    criteria_valid_days: int = Field(28, gt=0, description="A criterion not re-estimated for this long is retired.")

    simulated_generations: int = Field(
        0, ge=0, description="Cover generations the simulated crowd sees; 0 keeps it out."
    )
    simulated_impressions: int = Field(30_000, gt=0, description="Impressions the crowd sees in each generation.")

    @property
    def lake(self) -> str:
        return self.lake_uri or str(self.home / "lake")

    @property
    def blobs(self) -> str:
        return self.blob_uri or str(self.home / "blobs")

    @property
    def landing(self) -> str:
        return self.landing_uri or str(self.home / "landing")

    @property
    def models(self) -> Path:
        return self.models_dir or self.home / "models"

    @property
    def mlflow(self) -> str:
        return self.mlflow_uri or f"sqlite:///{self.home / 'mlflow.db'}"

    @property
    def profile_file(self) -> Path:
        return REPOSITORY / "infra" / "profiles" / f"{self.profile}.yaml"


def load() -> Settings:
    """Read the settings from the environment, anew at each call.

    Raises ``pydantic.ValidationError`` naming the variable when a value does not fit.
    """
    return Settings()

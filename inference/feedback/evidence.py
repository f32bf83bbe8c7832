"""Outcomes beside the features of the cover that was shown: what every estimate is made from."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.catalog import COVERS, OUTCOMES, PRODUCTS
from data_contracts.store import Lake
from inference.covers.features import FEATURES

FEATURE_NAMES = tuple(feature.name for feature in FEATURES)
DEVICES = ("phone", "tablet", "desktop")
NETWORKS = ("wifi", "metered")


@dataclass(frozen=True)
class Evidence:
    """One version of the outcomes, with the covers they speak of.

    ``outcomes``: a row per mature impression with cover_id, video_id, clicked (0 or 1), propensity,
    position, device and network (codes: places in DEVICES and NETWORKS), hour, shown_at, simulated.
    ``covers``: a row per cover shown, index cover_id, with video_id, category (None if unknown), and a
    column per feature (NaN if not measured).
    """

    outcomes: pd.DataFrame
    covers: pd.DataFrame
    version: int

    @property
    def simulated(self) -> bool:
        return bool(self.outcomes["simulated"].any())


def read_evidence(lake: Lake, within_days: int | None = None) -> Evidence:
    """All outcomes, or those of the last days before the newest. No outcome gives empty tables.

    An outcome whose cover is unknown is left out.
    """
    version = lake.version(OUTCOMES)
    table = lake.read(OUTCOMES, version=version or None)
    if within_days is not None and table.num_rows:
        since = pc.max(table["shown_at"]).as_py() - timedelta(days=within_days)
        table = table.filter(pc.greater_equal(table["shown_at"], since))
    covers = _read_covers(lake, table["cover_id"].combine_chunks().unique())
    outcomes = table.to_pandas()
    outcomes = outcomes[outcomes["cover_id"].isin(covers.index)].reset_index(drop=True)
    codes = {
        "clicked": outcomes["clicked"].astype(int),
        "device": pd.Categorical(outcomes["device"], DEVICES).codes,
        "network": pd.Categorical(outcomes["network"], NETWORKS).codes,
    }
    return Evidence(outcomes.assign(**codes), covers, version)


def _read_covers(lake: Lake, cover_ids: pa.Array) -> pd.DataFrame:
    columns = ["cover_id", "video_id", "product_id", "generation", "chosen", "features"]
    rows = lake.read(COVERS, columns, where=pc.field("cover_id").isin(cover_ids)).to_pylist()
    features = [{each["name"]: each["value"] for each in row.pop("features")} for row in rows]
    covers = pd.DataFrame(rows, columns=[*columns[:-1], "category"])
    covers["category"] = covers["product_id"].map(_read_categories(lake))
    measured = pd.DataFrame(features, columns=list(FEATURE_NAMES), index=covers.index, dtype=float)
    return covers.join(measured).drop(columns="product_id").set_index("cover_id")


def _read_categories(lake: Lake) -> dict[str, str]:
    """Category by product. A product listed in several languages has its first one's, by language code."""
    rows = lake.read(PRODUCTS, ["product_id", "language", "category"]).to_pylist()
    named = [row for row in rows if row["category"]]
    return {row["product_id"]: row["category"] for row in sorted(named, key=lambda row: row["language"], reverse=True)}

"""Airflow assets for the catalog's datasets and models, and the schedules made of them."""

from typing import Any

from airflow.sdk import Asset
from airflow.timetables.assets import AssetOrTimeSchedule
from airflow.timetables.trigger import CronTriggerTimetable

from data_contracts.catalog import Dataset, Model

EVERY_NIGHT = CronTriggerTimetable("0 3 * * *", timezone="UTC")
EVERY_DAY = CronTriggerTimetable("0 0 * * *", timezone="UTC")
"""At midnight, so that the run for a day bears its date and a backfill from a day to itself is one run."""


def asset(thing: Dataset | Model) -> Asset:
    """The asset that stands for a dataset's published versions or a model's champion."""
    return Asset(name=thing.name, uri=thing.asset_uri, group=type(thing).__name__.lower())


def nightly_or(assets: Any) -> AssetOrTimeSchedule:
    """When the assets say so (one, or several joined by ``&`` and ``|``), and at 3 o'clock UTC in any case."""
    return AssetOrTimeSchedule(timetable=EVERY_NIGHT, assets=assets)


def daily_or(assets: Any) -> AssetOrTimeSchedule:
    """When the assets say so, and every day. Only a DAG that has days can be backfilled: see ``pipeline.DAY``."""
    return AssetOrTimeSchedule(timetable=EVERY_DAY, assets=assets)

from datetime import UTC, datetime, timedelta

from data_contracts.catalog import COVERS, OUTCOMES, PRODUCTS
from inference.feedback.evidence import FEATURE_NAMES, read_evidence
from tests import synthetic

NEWEST = datetime(2026, 11, 2, 12, tzinfo=UTC)


def outcome(cover: dict, days_ago: float = 0, clicked: bool = False) -> dict:
    return {
        "impression_id": f"{cover['cover_id']} {days_ago}",
        "video_id": cover["video_id"],
        "cover_id": cover["cover_id"],
        "clicked": clicked,
        "policy_version": "p1",
        "propensity": 0.5,
        "position": 0,
        "network": "metered",
        "device": "tablet",
        "hour": 12,
        "shown_at": NEWEST - timedelta(days=days_ago),
        "simulated": False,
    }


def test_outcomes_come_with_the_features_and_category_of_their_cover(lake):
    first, second = synthetic.covers(2, per_video=1)
    first["product_id"] = "bag"
    lake.write(COVERS, [first, second], "test")
    product = {"product_id": "bag", "title": "包", "selling_points": [], "videos": []}
    lake.write(PRODUCTS, [{**product, "language": "zh", "category": "箱包"}], "test")
    lake.write(PRODUCTS, [{**product, "language": "en", "category": "bags"}], "test")
    lake.write(OUTCOMES, [outcome(first, clicked=True), outcome(second)], "test")

    evidence = read_evidence(lake)

    assert evidence.version == lake.version(OUTCOMES)
    assert not evidence.simulated
    measured = {each["name"]: each["value"] for each in first["features"]}
    assert evidence.covers.loc[first["cover_id"], list(FEATURE_NAMES)].to_dict() == measured
    assert evidence.covers.loc[first["cover_id"], "category"] == "bags"
    assert evidence.covers["category"].isna().sum() == 1
    shown = evidence.outcomes.set_index("cover_id").loc[first["cover_id"]]
    assert (shown["clicked"], shown["device"], shown["network"]) == (1, 1, 1)


def test_old_outcomes_and_those_of_unknown_covers_are_left_out(lake):
    known, unknown = synthetic.covers(2, per_video=1)
    lake.write(COVERS, [known], "test")
    lake.write(OUTCOMES, [outcome(known), outcome(known, 6.9), outcome(known, 7.1), outcome(unknown)], "test")

    assert len(read_evidence(lake).outcomes) == 3
    assert len(read_evidence(lake, within_days=7).outcomes) == 2


def test_a_feature_not_measured_is_missing(lake):
    (cover,) = synthetic.covers(1, per_video=1)
    cover["features"] = [each for each in cover["features"] if each["name"] != "warmth"]
    lake.write(COVERS, [cover], "test")
    lake.write(OUTCOMES, [outcome(cover)], "test")

    assert read_evidence(lake).covers.isna().sum().to_dict()["warmth"] == 1


def test_a_lake_without_outcomes_has_no_evidence(lake):
    evidence = read_evidence(lake, within_days=7)

    assert (len(evidence.outcomes), len(evidence.covers), evidence.version) == (0, 0, 0)

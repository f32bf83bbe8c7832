from datetime import UTC, datetime

import pandas as pd
import pytest

from data_contracts import contract
from data_contracts.catalog import PRODUCTS
from inference.media.catalogue import find_catalogue, read_products


def write(folder, text: str, encoding: str = "utf-8") -> str:
    path = folder / "products.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_a_minimal_catalogue_is_enough(tmp_path):
    (row,) = read_products(write(tmp_path, "product_id,title\np1,Red dress\n"))
    assert row["language"] == "en"
    assert row["currency"] == "USD"
    assert (row["selling_points"], row["videos"], row["price"]) == ([], [], None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_read_as_spreadsheets_write_it(tmp_path, encoding):
    text = "product_id,title,selling_points,price,videos\np1,红色连衣裙,显瘦|不起皱,¥1,299.00,红裙 1.mp4|b.mp4\n"
    (row,) = read_products(write(tmp_path, text.replace("¥1,299.00", '"¥1,299.00"'), encoding))
    assert row["title"] == "红色连衣裙"
    assert (row["language"], row["currency"], row["price"]) == ("zh", "CNY", 1299.0)
    assert row["selling_points"] == ["显瘦", "不起皱"]
    assert row["videos"] == ["红裙 1.mp4", "b.mp4"]


def test_a_broken_byte_costs_its_row_and_not_the_catalogue(tmp_path):
    path = tmp_path / "products.csv"
    path.write_bytes("product_id,title\np1,红色连衣裙\np2,蓝色".encode() + b"\xff" + "衬衫\n".encode())
    good, refused = contract.load(PRODUCTS).check(read_products(str(path)))
    assert good["title"].to_pylist() == ["红色连衣裙"]
    assert [each.rule for each in refused] == ["type"]


def test_a_price_column_can_name_its_currency(tmp_path):
    (row,) = read_products(write(tmp_path, "Product_ID,Title,price_eur\np1,Lamp,12.5\n"))
    assert (row["price"], row["currency"]) == (12.5, "EUR")


def test_parquet_reads_like_csv(tmp_path):
    path = tmp_path / "products.parquet"
    pd.DataFrame({"product_id": ["p1"], "title": ["Lamp"], "selling_points": [["bright", "small"]]}).to_parquet(path)
    (row,) = read_products(str(path))
    assert row["selling_points"] == ["bright", "small"]


def test_a_time_of_listing_is_read_and_what_is_none_is_refused(tmp_path):
    times = "1,Cup,2026-06-01\n2,Cup,2026-06-01T08:00+08:00\n3,Cup,\n4,Cup,soon\n"
    products = read_products(write(tmp_path, f"product_id,title,listed_at\n{times}"))
    rows, refusals = contract.load(PRODUCTS).check(products)
    midnight = datetime(2026, 6, 1, tzinfo=UTC)
    assert rows["listed_at"].to_pylist() == [midnight, midnight, None]
    assert [refusal.reason for refusal in refusals] == ["listed_at = 'soon' is no timestamp"]


def test_missing_columns_are_named(tmp_path):
    with pytest.raises(ValueError, match="no column product_id; it has sku, title"):
        read_products(write(tmp_path, "sku,title\n1,Lamp\n"))


HOSTILE = """product_id,title,price
p1,Good,1
,No id,1
p3,,1
p4,Priceless,call us
p5,"<script>alert(1)</script>",2
p6,too,many,fields,here
p1,Contradiction,1
p8,Negative,-3
"""


def test_broken_rows_are_left_for_the_contract_to_refuse(tmp_path):
    rows = read_products(write(tmp_path, HOSTILE))
    table, refusals = contract.load(PRODUCTS).check(rows)
    assert table["product_id"].to_pylist() == ["p1", "p5"]
    assert [refusal.rule for refusal in refusals] == ["required", "required", "type", "type", "primary_key", "minimum"]


def test_a_row_too_long_to_be_true_is_refused_alone(tmp_path):
    rows = read_products(write(tmp_path, f"product_id,title\np1,{'a' * 2_000_000}\np2,Red dress\n"))
    good, refused = contract.load(PRODUCTS).check(rows)
    assert good["product_id"].to_pylist() == ["p2"]
    assert [each.rule for each in refused] == ["maxLength"]


def test_the_catalogue_is_found_where_videos_land(tmp_path):
    assert find_catalogue(str(tmp_path)) is None
    path = write(tmp_path, "product_id,title\n")
    assert find_catalogue(str(tmp_path)) == path
    assert read_products(path) == []


def test_a_configured_catalogue_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        find_catalogue(str(tmp_path), str(tmp_path / "nowhere.csv"))

import csv
import random

import numpy as np
import pytest

from inference.models import embedding
from inference.models.embedding import embed

TRANSLATIONS = [
    ("手持奶泡机，四十五秒打出细密奶泡", "A handheld milk frother that makes fine foam in 45 seconds"),
    ("轻便折叠自行车，适合城市通勤", "A light folding bicycle for commuting in the city"),
    ("红色长袖连衣裙，雪纺面料", "A red long-sleeved chiffon dress"),
    ("不锈钢保温杯，保温十二小时", "A stainless steel thermos that keeps drinks hot for twelve hours"),
    ("头戴式降噪蓝牙耳机", "Noise-cancelling over-ear Bluetooth headphones"),
]


def centred(vectors: np.ndarray) -> np.ndarray:
    """The model's cosines crowd together; without the mean they spread."""
    moved = vectors - vectors.mean(0)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def test_vectors_have_unit_length():
    vectors = embed(["一", "two words"])
    assert (vectors.shape, vectors.dtype) == ((2, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_chinese_text_lies_nearest_to_its_own_translation():
    chinese, english = (embed(texts, kind="query") for texts in zip(*TRANSLATIONS, strict=True))
    similarity = centred(chinese) @ centred(english).T
    assert similarity.argmax(1).tolist() == similarity.argmax(0).tolist() == list(range(len(TRANSLATIONS)))


def test_descriptions_of_a_real_catalogue_find_their_own_names(shared_data):
    """Chance would put 5 of 60 among the nearest five; part numbers, which descriptions lack, cost the rest."""
    with open(shared_data / "products" / "abt_buy_en.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if len(row["description"]) > 80]
    rows = random.Random(0).sample(rows, 60)
    names = centred(embed([row["title"] for row in rows]))
    similarity = centred(embed([row["description"] for row in rows], kind="query")) @ names.T
    better = (similarity > similarity.diagonal()[:, None]).sum(1)
    assert (better < 5).sum() >= 40


def test_a_text_embeds_alike_alone_and_in_a_batch():
    texts = [text for pair in TRANSLATIONS for text in pair] * 4  # more than one batch, of mixed lengths
    assert embed(texts)[7] == pytest.approx(embed([texts[7]])[0], abs=1e-5)


def test_queries_and_passages_are_marked_as_such():
    assert not np.allclose(embed(["奶泡机"], kind="query"), embed(["奶泡机"], kind="passage"), atol=1e-3)


def test_no_texts_and_endless_texts():
    assert embed([]).shape == (0, 384)
    assert np.isfinite(embed(["很长 " * 5000, ""])).all()


def test_other_bytes_are_refused():
    with pytest.raises(ValueError, match="do not start with E5S1"):
        embedding.parse(b"GGUF" + bytes(100))

"""Few labels: what is learnt from them, which pictures come next, and that nothing of them is lost."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from facelab.core.errors import BadScores
from facelab.core.studio.labels import as_labels, learn, next_pictures, regress
from facelab.core.studio.names import KEY, key_of
from facelab.project.label_store import LabelSet, delete_labels, load_labels, save_labels

SHA = "a" * 64


def world(count: int = 400, size: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Features and a truth that a direction in them decides."""
    random = np.random.RandomState(0)
    features = random.randn(count, size).astype(np.float32) * np.linspace(3, 0.5, size, dtype=np.float32)
    truth = (features[:, 1] + 0.4 * features[:, 5] > 0).astype(np.float32)
    return features, truth


def some(truth: np.ndarray, rows: np.ndarray | list[int]) -> np.ndarray:
    labels = np.full(len(truth), np.nan, np.float32)
    labels[rows] = truth[rows]
    return labels


def test_thirty_labels_sort_the_rest() -> None:
    features, truth = world()
    learned = learn(features, some(truth, list(range(30))))
    guess = learned.score(features[30:]) > 0
    assert (guess == (truth[30:] > 0.5)).mean() > 0.75
    assert learned.count == 30
    low, high = learned.interval
    assert low < learned.accuracy < high


def test_held_out_accuracy_of_meaningless_labels_is_chance() -> None:
    features, _ = world()
    labels = np.random.RandomState(5).randint(0, 2, 400).astype(np.float32)
    assert 0.4 < learn(features, labels).accuracy < 0.6


def test_too_few_labels_of_a_kind_are_refused_with_both_counts() -> None:
    features, truth = world()
    yes = np.flatnonzero(truth == 1)[:20]
    no = np.flatnonzero(truth == 0)[:4]
    with pytest.raises(BadScores, match="20 pictures are labelled yes and 4 no"):
        learn(features, some(truth, np.r_[yes, no]))


def test_chosen_labels_beat_random_ones_where_an_attribute_is_rare() -> None:
    """One face in ten shows it: labels of the rare kind among 36, and how well the rest is told apart."""
    features, _ = world(600)
    truth = (features[:, 1] > np.quantile(features[:, 1], 0.9)).astype(np.float32)
    found = {"chosen": 0, "random": 0}
    for start in range(6):
        order = np.random.RandomState(start).permutation(600)
        rows = [int(row) for row in order[:12]]
        while len(rows) < 36:
            rows += next_pictures(features, some(truth, rows), 12)
        found["chosen"] += int(truth[rows].sum())
        found["random"] += int(truth[order[:36]].sum())
    assert found["chosen"] > 1.5 * found["random"], found


def test_next_pictures_are_unlabelled_distinct_and_find_the_rare_kind() -> None:
    features, _ = world()
    truth = (features[:, 1] > np.quantile(features[:, 1], 0.95)).astype(np.float32)  # one in twenty
    rows = np.r_[np.flatnonzero(truth == 1)[:3], np.flatnonzero(truth == 0)[:20]]
    labels = some(truth, rows)
    chosen = next_pictures(features, labels, 12)
    assert len(set(chosen)) == 12
    assert not set(chosen) & set(rows.tolist())
    assert truth[chosen].mean() > 2 * 0.05


def test_next_pictures_without_labels_are_unlike_each_other() -> None:
    features, _ = world()
    chosen = next_pictures(features, np.full(400, np.nan, np.float32), 6)
    unit = (features - features.mean(0)) / features.std(0)
    apart = [np.linalg.norm(unit[a] - unit[b]) for i, a in enumerate(chosen) for b in chosen[:i]]
    everyone = np.linalg.norm(unit[:100, None] - unit[None, :100], axis=2)
    assert np.mean(apart) > everyone[np.triu_indices(100, 1)].mean()


def test_two_kinds_of_scores_are_labels_and_more_are_not() -> None:
    np.testing.assert_array_equal(as_labels(np.array([3, -1, np.nan, 3], np.float32)), [1, 0, np.nan, 1])
    assert as_labels(np.array([1, 2, 3], np.float32)) is None
    assert as_labels(np.array([1, 1], np.float32)) is None


def test_regression_follows_the_scores() -> None:
    features, _ = world()
    scores = features @ np.random.RandomState(1).randn(40).astype(np.float32) + 7
    weight, bias = regress(features, scores)
    assert np.corrcoef(features @ weight + bias, scores)[0, 1] > 0.95


@pytest.mark.parametrize(
    ("name", "key"), [("Curly hair", "curly_hair"), ("  Très chic!", "tres_chic"), ("Smile", "smile")]
)
def test_keys_come_from_names(name: str, key: str) -> None:
    assert key_of(name) == key


@pytest.mark.parametrize("name", ["そばかす", "주근깨", "1 2", "!", "x"])
def test_every_name_has_a_key_of_its_own(name: str) -> None:
    assert KEY.fullmatch(key_of(name))
    assert key_of(name) != key_of(name + "z")


# --- kept on disk -----------------------------------------------------------------------------


def test_labels_are_read_again_with_their_order_and_undo(tmp_path: Path) -> None:
    labels = LabelSet("freckles", "Freckles", SHA)
    for face, yes in (("seed:1", True), ("seed:2", False), ("seed:3", None), ("photo:/a/b.jpg", True)):
        labels.mark(face, yes)
    labels.faces = ["seed:1", "seed:2"]
    save_labels(tmp_path, labels)
    again = load_labels(tmp_path, SHA)["freckles"]
    assert again.labels == {"seed:1": True, "seed:2": False, "photo:/a/b.jpg": True}
    assert again.counts == (2, 1)
    assert again.state("seed:3") == "skipped"
    assert again.state("seed:9") is None
    assert again.undo() == "photo:/a/b.jpg"
    assert again.counts == (1, 1)


def test_a_second_label_replaces_the_first_and_undo_brings_it_back() -> None:
    labels = LabelSet("a", "A", SHA)
    labels.mark("seed:1", True)
    labels.mark("seed:1", False)
    assert labels.labels == {"seed:1": False}
    labels.undo()
    assert labels.labels == {"seed:1": True}
    assert labels.undo() == "seed:1"
    assert labels.undo() is None


def test_labels_are_private_and_belong_to_their_generator(tmp_path: Path) -> None:
    save_labels(tmp_path, LabelSet("a", "A", SHA))
    assert load_labels(tmp_path, "b" * 64) == {}
    if os.name == "posix":
        (path,) = tmp_path.rglob("a.json")
        assert path.stat().st_mode & 0o077 == 0
    delete_labels(tmp_path, SHA, "a")
    assert load_labels(tmp_path, SHA) == {}


def test_damaged_label_files_are_left_out(tmp_path: Path) -> None:
    save_labels(tmp_path, LabelSet("good", "Good", SHA))
    folder = next(tmp_path.rglob("good.json")).parent
    (folder / "bad.json").write_bytes(b"{")
    (folder / "other.json").write_bytes((folder / "good.json").read_bytes())  # its key is not its name
    assert list(load_labels(tmp_path, SHA)) == ["good"]

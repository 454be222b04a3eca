"""The Wisconsin breast cancer data: 569 biopsies, 30 measurements each (see data/README.md)."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TEST_SHARE = 0.3
SEED = 2024


class Dataset(NamedTuple):
    """Biopsies and their diagnoses.

    Parameters
    ----------
    names : tuple of str
        The 30 measurements.
    features : ndarray, shape (n, 30)
        The measurements, in the source's units.
    malignant : ndarray of bool, shape (n,)
        The diagnosis.
    """

    names: tuple[str, ...]
    features: Array
    malignant: NDArray[np.bool_]


class Split(NamedTuple):
    """Standardised features with an intercept, and labels +1 (malignant) or -1.

    Parameters
    ----------
    train, test : ndarray, shape (n_train, 31) and (n_test, 31)
        Each column but the last has mean 0 and standard deviation 1 over the training rows;
        the last is 1.
    train_labels, test_labels : ndarray, shape (n_train,) and (n_test,)
        +1 or -1.
    """

    train: Array
    train_labels: Array
    test: Array
    test_labels: Array


def load() -> Dataset:
    """Read the file that comes with pyframe.

    Examples
    --------
    >>> from pyframe.demo.data_file import load
    >>> data = load()
    >>> data.features.shape, int(data.malignant.sum())
    ((569, 30), 212)
    """
    lines = files("pyframe.demo").joinpath("data/breast_cancer.csv").read_text("utf-8").splitlines()
    table: NDArray[Any] = np.array([line.split(",") for line in lines[1:]])
    names = tuple(lines[0].split(",")[:-1])
    return Dataset(names, table[:, :-1].astype(np.float64), table[:, -1] == "malignant")


def split(data: Dataset, test_share: float = TEST_SHARE, seed: int = SEED) -> Split:
    """Shuffle, hold rows back for the test, and standardise by the others alone.

    Parameters
    ----------
    data : Dataset
        The rows.
    test_share : float
        Part of the rows held back, 0 < test_share < 1.
    seed : int
        Of the shuffle.

    Returns
    -------
    Split
        Rows for training and test.

    Examples
    --------
    >>> from pyframe.demo.data_file import load, split
    >>> rows = split(load())
    >>> rows.train.shape, rows.test.shape
    ((398, 31), (171, 31))
    """
    order = np.random.default_rng(seed).permutation(len(data.features))
    held = round(test_share * len(order))
    test, train = order[:held], order[held:]
    mean = data.features[train].mean(axis=0)
    deviation = data.features[train].std(axis=0)

    def design(rows: NDArray[np.intp]) -> Array:
        standard = (data.features[rows] - mean) / deviation
        return np.column_stack([standard, np.ones(len(rows))])

    labels = np.where(data.malignant, 1.0, -1.0)
    return Split(design(train), labels[train], design(test), labels[test])

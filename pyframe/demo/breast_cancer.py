"""The Wisconsin breast cancer data, ready for training (see ``data/README.md``)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Samples:
    """Standardised features and labels.

    Parameters
    ----------
    x : ndarray
        Shape (m, 31): a column of ones and 30 features of mean 0 and variance 1 over the
        training part.
    y : ndarray
        Shape (m,): +1 for malignant, -1 for benign.
    """

    x: Array
    y: Array


def load(seed: int = 0, test_share: float = 0.25) -> tuple[Samples, Samples]:
    """The data, shuffled and divided into a part to train on and one to test with.

    Parameters
    ----------
    seed : int
        Of the shuffle.
    test_share : float
        Part of the rows kept for the test.

    Examples
    --------
    >>> train, test = load()
    >>> train.x.shape, test.x.shape
    ((427, 31), (142, 31))
    """
    with as_file(files("pyframe.demo") / "data" / "breast_cancer.csv") as path:
        table = np.loadtxt(path, delimiter=",", skiprows=1, dtype=str)
    features = table[:, :-1].astype(float)
    labels = np.where(table[:, -1] == "malignant", 1.0, -1.0)
    order = np.random.default_rng(seed).permutation(len(labels))
    cut = round(test_share * len(labels))
    train, test = order[cut:], order[:cut]
    mean, spread = features[train].mean(axis=0), features[train].std(axis=0)
    scaled = np.column_stack([np.ones(len(labels)), (features - mean) / spread])
    return Samples(scaled[train], labels[train]), Samples(scaled[test], labels[test])

"""Handwritten digits: 1797 images of 8 x 8 pixels (see data/README.md)."""

from __future__ import annotations

import gzip
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CLASSES = 10
DARKEST = 16.0
TEST_IMAGES = 500
SEED = 2024


class Digits(NamedTuple):
    """Images and what they show, for training and for the test.

    Parameters
    ----------
    train, test : ndarray, shape (n, 64)
        Pixels row by row, from 0 (paper) to 1 (ink).
    train_digits, test_digits : ndarray of int, shape (n,)
        0 to 9.
    """

    train: Array
    train_digits: NDArray[np.int64]
    test: Array
    test_digits: NDArray[np.int64]


def load_digits(test_images: int = TEST_IMAGES, seed: int = SEED) -> Digits:
    """Read the file that comes with pyframe, shuffle it, and hold images back for the test.

    Examples
    --------
    >>> from pyframe.demo.digits import load_digits
    >>> digits = load_digits()
    >>> digits.train.shape, digits.test.shape, int(digits.train_digits.max())
    ((1297, 64), (500, 64), 9)
    """
    packed = files("pyframe.demo").joinpath("data/digits.csv.gz").read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()[1:]
    table = np.array([line.split(",") for line in lines], dtype=np.int64)
    table = table[np.random.default_rng(seed).permutation(len(table))]
    images, digits = table[:, :-1] / DARKEST, table[:, -1]
    return Digits(
        images[test_images:], digits[test_images:], images[:test_images], digits[:test_images]
    )


def one_hot(digits: NDArray[np.int64]) -> Array:
    """A row for each digit with a 1 in its column.

    >>> one_hot(np.array([2]))[0].tolist()
    [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    return np.eye(CLASSES)[digits]

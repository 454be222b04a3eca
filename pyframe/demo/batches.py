"""Training the network batch by batch: a gradient by backpropagation, then a line search.

Each step takes the next batch, moves against the gradient of its loss, and lets the search
find how far; the first step tried is twice the one accepted before (a fixed step stays as it is).
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import pyframe as pf
from pyframe.demo.digits import Digits, one_hot
from pyframe.demo.network import Network
from pyframe.demo.training import strategy_for
from pyframe.registry.manager import Known

EPOCHS = 30
BATCH = 128
SEED = 7
GROWTH = 2.0
FIRST_STEP = 1.0
LONGEST_STEP = 64.0


class BatchTraining(NamedTuple):
    """One run of the network's training.

    Parameters
    ----------
    criterion, strategy : str
        The parts of the search.
    weights : ndarray or None
        The end; None when the pair was refused or the criterion failed.
    losses : tuple of float
        The loss of all training images after 0, 1, 2, ... epochs.
    steps, nfev, njev : int
        Batches, evaluations of the loss and of its gradient.
    seconds : float
        Wall-clock time.
    train_accuracy, test_accuracy : float
        Shares of images read rightly.
    refusal : str
        Why there is no result, in one line.
    """

    criterion: str
    strategy: str
    weights: NDArray[np.float64] | None
    losses: tuple[float, ...] = ()
    steps: int = 0
    nfev: int = 0
    njev: int = 0
    seconds: float = 0.0
    train_accuracy: float = float("nan")
    test_accuracy: float = float("nan")
    refusal: str = ""


def train_network(
    network: Network, digits: Digits, known: Known, epochs: int = EPOCHS, seed: int = SEED
) -> BatchTraining:
    """Train with one criterion.

    Parameters
    ----------
    network : Network
        The loss.
    digits : Digits
        The images.
    known : Known
        The criterion, from ``pf.plugins("criterion")``.
    epochs : int
        How often each image is used.
    seed : int
        Of the first weights and of the batches.

    Returns
    -------
    BatchTraining
        With a refusal instead of weights when the parts do not fit or the criterion raises.

    Examples
    --------
    >>> import pyframe as pf
    >>> from pyframe.demo.batches import train_network
    >>> from pyframe.demo.digits import load_digits
    >>> from pyframe.demo.network import Network
    >>> armijo = next(k for k in pf.plugins("criterion") if k.name == "armijo")
    >>> run = train_network(Network((64, 10)), load_digits(), armijo, epochs=1)
    >>> run.steps, run.test_accuracy > 0.8
    (11, True)
    """
    strategy = strategy_for(known)
    try:
        return _train(network, digits, known, strategy, epochs, seed)
    except Exception as error:  # noqa: BLE001  a plugin's criterion may raise anything
        line = " ".join(f"{type(error).__name__}: {error}".split())
        return BatchTraining(known.name, strategy, None, refusal=line)


def _train(
    network: Network, digits: Digits, known: Known, strategy: str, epochs: int, seed: int
) -> BatchTraining:
    loss = pf.compile(network.loss)
    images, labels = digits.train, one_hot(digits.train_digits)
    random = np.random.default_rng(seed)
    w: Any = network.start(seed)
    losses = [float(loss(w, images, labels))]
    step, steps, nfev, njev = FIRST_STEP, 0, 0, 0
    began = time.perf_counter()
    for _ in range(epochs):
        for batch in np.array_split(random.permutation(len(images)), -(-len(images) // BATCH)):
            data = images[batch], labels[batch]
            value, gradient = loss.value_and_grad(w, *data)
            found = pf.line_search(
                loss, w, -gradient, None, known.record, strategy, step,
                max_step=LONGEST_STEP, args=data, fun0=value, grad0=gradient,
            )  # fmt: skip
            if found.step > 0:
                w = found.x
                step = (
                    FIRST_STEP if strategy == "static" else min(GROWTH * found.step, LONGEST_STEP)
                )
            steps, nfev, njev = steps + 1, nfev + found.nfev + 1, njev + found.njev + 1
        losses.append(float(loss(w, images, labels)))
    seconds = time.perf_counter() - began
    return BatchTraining(
        known.name, strategy, w, tuple(losses), steps, nfev, njev, seconds,
        network.accuracy(w, digits.train, digits.train_digits),
        network.accuracy(w, digits.test, digits.test_digits),
    )  # fmt: skip

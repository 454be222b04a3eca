"""The network of the demo: its gradient is the lecture's, and every criterion trains it."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.demo.batches import EPOCHS, train_network
from pyframe.demo.digits import load_digits, one_hot
from pyframe.demo.network import Network

DIGITS = load_digits()
NETWORK = Network()


def test_the_images_are_those_of_the_source():
    assert DIGITS.train.shape == (1297, 64)
    assert DIGITS.test.shape == (500, 64)
    assert (DIGITS.train.min(), DIGITS.train.max()) == (0.0, 1.0)
    every = np.concatenate([DIGITS.train_digits, DIGITS.test_digits])
    assert np.bincount(every).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_gradient_is_that_of_backpropagation_by_hand():
    # Lecture, section 3: D_k = dL/dv_k * sigma'(z_k), dL/dW_k = v_(k-1)' D_k,
    # dL/dv_(k-1) = D_k W_k'.
    w = NETWORK.start(seed=1)
    images, labels = DIGITS.train[:50], one_hot(DIGITS.train_digits[:50])
    (first, bias), (second, shift) = NETWORK.layers(w)
    hidden = np.tanh(images @ first + bias)
    z = hidden @ second + shift
    shares = np.exp(z - z.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    last = (shares - labels) / len(images)
    before = (last @ second.T) * (1 - hidden**2)
    by_hand = [images.T @ before, before.sum(axis=0), hidden.T @ last, last.sum(axis=0)]
    by_hand = np.concatenate([part.ravel() for part in by_hand]) + NETWORK.ridge * w
    np.testing.assert_allclose(
        pf.grad(NETWORK.loss)(w, images, labels), by_hand, rtol=1e-11, atol=1e-15
    )


CRITERIA = {known.name: known for known in pf.plugins("criterion")}


def test_the_curvature_condition_alone_lets_the_loss_grow():
    run = train_network(NETWORK, DIGITS, CRITERIA["curvature"])
    assert run.losses[-1] > run.losses[0]


@pytest.mark.parametrize("name", sorted(CRITERIA.keys() - {"curvature"}))
def test_the_network_reads_the_digits(name):
    run = train_network(NETWORK, DIGITS, CRITERIA[name])
    assert run.refusal == ""
    assert len(run.losses) == EPOCHS + 1
    assert run.losses[-1] < run.losses[0] / 5
    assert run.test_accuracy >= 0.95
    assert run.njev >= run.steps

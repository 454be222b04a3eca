"""Random programs of a few arrays: compiled, they have the bits of the recording."""

import numpy as np
import pytest
from autodiff.test_small_replay import assert_same

import pyframe as pf

STEPS = [
    lambda rng, x, y: np.sin(x),
    lambda rng, x, y: np.exp(-x * x),
    lambda rng, x, y: x * y if x.shape == y.shape else x * np.sum(y),
    lambda rng, x, y: x + y if x.shape == y.shape else x + np.mean(y),
    lambda rng, x, y: x[::-1],
    lambda rng, x, y: x.T,
    lambda rng, x, y: x.T @ x,
    lambda rng, x, y: x @ y if x.shape[-1] == y.shape[0] else y.reshape(-1)[:3],
    lambda rng, x, y: np.outer(x.reshape(-1)[:4], y.reshape(-1)[:5]),
    lambda rng, x, y: np.concatenate([x.reshape(-1), y.reshape(-1)])[: int(rng.integers(1, 30))],
    lambda rng, x, y: np.cumsum(x, axis=0),
    lambda rng, x, y: np.where(x > 0.3, x, x * 0.5),
    lambda rng, x, y: np.sum(x, axis=0, keepdims=True) * rng.normal(size=x.shape),
    lambda rng, x, y: np.tanh(rng.normal(size=(int(rng.integers(1, 7)), x.shape[0])) @ x),
    lambda rng, x, y: np.linalg.solve(np.eye(x.shape[0]) + 0.1, x),
    lambda rng, x, y: np.maximum(x, x[::-1] * 0.7),
    lambda rng, x, y: x / np.linalg.norm(x),
]


def program(seed):
    def f(x):
        rng = np.random.default_rng(seed)
        pool = [x, x.reshape(2, -1)]
        for _ in range(int(rng.integers(3, 14))):
            step = STEPS[rng.integers(len(STEPS))]
            made = step(rng, pool[rng.integers(len(pool))], pool[rng.integers(len(pool))])
            pool.append(np.reshape(made, (-1,)) if np.ndim(made) == 0 else made)
        return sum(np.sum(p * p) * 0.1 for p in pool[-3:])

    return f


def point(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rng.choice([2, 4, 10])) * rng.choice([1.0, 0.1, 3.0])
    if seed % 5 == 0:
        x[rng.integers(len(x))] = rng.choice([0.0, -0.0, 1.0, 1e150, 1e-200])
    return x


@pytest.mark.parametrize("chunk", range(8))
def test_five_hundred_programs(chunk):
    on_numbers = 0
    for seed in range(64 * chunk, 64 * chunk + 64):
        f, x = program(seed), point(seed)
        with np.errstate(all="ignore"):
            wanted = pf.value_and_grad(f)(x)
        compiled = pf.compile(f)
        for _ in range(3):
            assert_same(compiled.value_and_grad(x), wanted, seed)
            assert_same([compiled(x)], wanted[:1], seed)
        on_numbers += compiled.graph(x).scalar
    assert on_numbers >= 60

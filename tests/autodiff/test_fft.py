"""numpy.fft: frequencies are moved; what has a complex result is refused by name."""

import numpy as np
import pytest
from autodiff.scalarised import check

import pyframe as pf
from pyframe.errors import UnsupportedOperation

rng = np.random.default_rng(50)


@pytest.mark.parametrize("f", [np.fft.fftshift, np.fft.ifftshift])
@pytest.mark.parametrize("shape", [(5,), (6,), (3, 4), (0,), (1, 3, 2)])
def test_shifts(f, shape):
    x = rng.standard_normal(shape)
    check(f, x)
    check(lambda x: f(x, axes=-1), x)
    check(lambda x: f(x, axes=(0,)), x, second=False)


COMPLEX = [
    np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft, np.fft.fft2, np.fft.rfftn, np.fft.hfft,
    np.linalg.eig, np.linalg.eigvals, np.roots,
]  # fmt: skip


@pytest.mark.parametrize("f", COMPLEX, ids=lambda f: f.__name__)
def test_complex_results_are_refused_by_name(f):
    x = rng.standard_normal(4) if f is np.roots else rng.standard_normal((4, 4))
    with pytest.raises(UnsupportedOperation, match=rf"{f.__name__} cannot be recorded.*complex"):
        pf.grad(lambda x: np.sum(np.abs(f(x)[0])))(x)

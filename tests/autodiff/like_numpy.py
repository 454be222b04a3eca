"""Whether a traced function gives what NumPy gives: value, dtype and shape, and on a replay."""

from __future__ import annotations

import warnings

import numpy as np

import pyframe as pf


def leaves(made):
    return list(made) if isinstance(made, tuple | list) else [made]


def same(f, x, rtol=1e-12, replay=True, what=""):
    """Compare f at a traced x, and replayed at another, with f at the plain x."""
    x = np.asarray(x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        _alike(pf.jvp(f, (x,), (np.ones_like(x),))[0], f(x), rtol, what, x.dtype)
        if replay:
            compiled = pf.compile(f)
            turned = np.ascontiguousarray(x[..., ::-1]) if x.ndim else x
            for other in (x, turned, x):
                _alike(compiled(other), f(other), rtol, f"{what}, compiled", x.dtype)


def _alike(got, want, rtol, what, kind):
    got, want = map(np.asarray, leaves(got)), map(np.asarray, leaves(want))
    for a, b in zip(got, want, strict=True):
        assert a.dtype == b.dtype, (what, a.dtype, b.dtype)
        assert a.shape == b.shape, (what, a.shape, b.shape)
        rtol = max(rtol, 2e-5) if np.float32 in (b.dtype, kind) else rtol
        scale = np.max(np.abs(b[np.isfinite(b)]), initial=0.0) if b.dtype.kind == "f" else 0.0
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * scale, err_msg=what)

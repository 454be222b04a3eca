"""Functions whose results are integers, truth values or text: called with concrete values."""

from __future__ import annotations

from functools import partial

import numpy as np

from pyframe.autodiff.dispatch import FUNCTIONS, UFUNCS, call_concrete

FLAT_UFUNCS = (np.spacing, np.frexp, np.isnat)

FLAT = (
    np.argsort, np.argpartition, np.argwhere, np.nonzero, np.flatnonzero,
    np.searchsorted, np.digitize, np.bincount, np.histogram_bin_edges, np.allclose, np.isclose, np.array_equal,
    np.array_equiv, np.array2string, np.array_repr, np.array_str, np.isreal, np.iscomplex, np.isrealobj,
    np.iscomplexobj, np.lexsort, np.may_share_memory, np.shares_memory, np.result_type, np.can_cast,
    np.common_type, np.min_scalar_type, np.isposinf, np.isneginf,
)  # fmt: skip

for _function in FLAT:
    FUNCTIONS[_function] = partial(call_concrete, _function)
for _ufunc in FLAT_UFUNCS:
    UFUNCS[_ufunc] = partial(call_concrete, _ufunc)

"""numpy.fft: the moves of frequencies.  The transforms are complex, which traced values are not."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe.autodiff.coverage import axes as of
from pyframe.autodiff.dispatch import function


@function(np.fft.fftshift)
def fftshift(x: Any, axes: Any = None) -> Any:
    """The zero frequency moved to the middle."""
    return _rolled(x, axes, 1)


@function(np.fft.ifftshift)
def ifftshift(x: Any, axes: Any = None) -> Any:
    """The zero frequency moved back to the front."""
    return _rolled(x, axes, -1)


def _rolled(x: Any, axes: Any, sign: int) -> Any:
    chosen = of.several(axes, len(x.shape))
    return np.roll(x, [sign * (x.shape[k] // 2) for k in chosen], chosen)

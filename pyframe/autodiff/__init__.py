"""Automatic differentiation of ordinary NumPy code."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(__name__, submodules=["modes"])  # pyright: ignore[reportUnknownVariableType]

"""Minimising functions of several variables by line searches."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(  # pyright: ignore[reportUnknownVariableType]
    __name__,
    submodules=["directions"],
    submod_attrs={"api": ["minimize"], "scipy_adapter": ["as_scipy"]},
)

"""Minimising functions of one variable, and step sizes along a line."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(  # pyright: ignore[reportUnknownVariableType]
    __name__,
    submodules=["criteria", "initial_steps", "scalar_methods", "strategies"],
    submod_attrs={
        "api": ["line_search", "minimize_scalar", "minimize_scalar_batch"],
        "batch": ["ScalarBatchResult"],
        "situation": ["Situation"],
        "stepper": ["Stepper"],
    },
)

"""Matrix equations and the square root of a matrix, as primitives of pyframe; traceless matrices.

Each differential is one line, because the solution of a linear equation is linear in its right
hand side: the differential of a solution solves the same equation.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "equations": ["lyapunov", "sylvester"],
        "roots": ["sqrtm"],
        "spaces": ["traceless"],
    },
)

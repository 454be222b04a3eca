"""pyframe: line search, matrix calculus and automatic differentiation.

Rust kernels under a plain NumPy face, extended by plugins.  Names are imported when they
are first used; ``import pyframe`` loads no plugin and no plotting library.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

try:
    from pyframe import _core
except ImportError as error:
    raise ImportError(
        f"the compiled part of pyframe cannot be loaded ({error}).  In a source tree, build it "
        "with 'make demo' or 'pip install -e .' (that takes cargo and a C compiler); if pyframe "
        "is installed, run Python from another directory than the source tree"
    ) from error

if _core.__version__ != __version__:
    raise ImportError(
        f"the compiled part of pyframe is version {_core.__version__}, the Python part "
        f"{__version__}: reinstall pyframe, or rebuild with 'make demo' in a source tree"
    )

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)  # pyright: ignore[reportUnknownVariableType]

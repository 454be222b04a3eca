"""Modes of automatic differentiation, as parameter objects."""

from pyframe.autodiff.modes.auto import Auto
from pyframe.autodiff.modes.base import Mode
from pyframe.autodiff.modes.checkpointed import Checkpointed
from pyframe.autodiff.modes.complex_step import ComplexStep
from pyframe.autodiff.modes.cross_country import CrossCountry
from pyframe.autodiff.modes.finite_difference import FiniteDifference
from pyframe.autodiff.modes.forward import Forward
from pyframe.autodiff.modes.reverse import Reverse
from pyframe.autodiff.modes.sparse import Sparse

__all__ = [
    "Auto",
    "Checkpointed",
    "ComplexStep",
    "CrossCountry",
    "FiniteDifference",
    "Forward",
    "Mode",
    "Reverse",
    "Sparse",
]

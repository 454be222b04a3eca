from .auto import Auto
from .base import Mode
from .checkpointed import Checkpointed
from .complex_step import ComplexStep
from .cross_country import CrossCountry
from .finite_difference import FiniteDifference
from .forward import Forward
from .reverse import Reverse
from .sparse import Sparse

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

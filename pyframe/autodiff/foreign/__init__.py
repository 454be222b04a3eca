"""Functions from outside: opaque to the trace, with a differential rule of their own.

`primitive.py` makes them, `tracing.py` turns a rule into a graph, `proof.py` tries it,
`table.py` answers the core, `replacing.py` finds those that stand in for a function of SciPy.
"""

from pyframe.autodiff.foreign.primitive import Primitive, primitive
from pyframe.autodiff.foreign.rules import rule

__all__ = ["Primitive", "primitive", "rule"]

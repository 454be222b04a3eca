"""Pictures (optional extra ``plot``).

One function for each picture; :func:`~pyframe.draw.api.draw`, whose public name is
``pyframe.draw(...)``, picks the one that fits what it is given.  The others are imported
from here: ``from pyframe.draw import draw_acceptance``.  matplotlib is imported when the
first picture is drawn.

The attribute ``pyframe.draw`` is the function even after this package was imported, which
would rebind it to the module: lazy_loader (0.6 or later) keeps names whose submodule is
called the same.  ``from pyframe.draw import ...`` finds the module, as always.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(  # pyright: ignore[reportUnknownVariableType]
    __name__,
    submod_attrs={
        "acceptance": ["draw_acceptance"],
        "api": ["draw", "draw_result"],
        "checkpoints": ["draw_checkpoints"],
        "comparison": ["draw_comparison"],
        "descent": ["draw_descent", "draw_losses"],
        "frames": ["draw_frames"],
        "graph": ["ComputationalGraph", "GraphNode"],
        "graph_of_call": ["draw_graph"],
        "golden_section": ["draw_golden_section"],
        "ladder": ["draw_bracket"],
        "line": ["draw_line_search"],
        "races": ["Race", "race"],
        "regions": ["Region", "acceptance_regions"],
        "scalar_run": ["draw_scalar"],
        "style": ["MatplotlibMissingError"],
        "taylor": ["draw_taylor_model"],
        "unimodal": ["draw_unimodal"],
    },
)

"""Pictures (optional extra ``plot``).

One function for each picture; :func:`~pyframe.draw.api.draw`, whose public name is
``pyframe.draw(...)``, picks the one that fits what it is given.  The others are imported
from here: ``from pyframe.draw import draw_acceptance``.  matplotlib is imported when the
first picture is drawn.
"""

import sys as _sys
from types import ModuleType as _ModuleType
from typing import Any as _Any

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(  # pyright: ignore[reportUnknownVariableType]
    __name__,
    submod_attrs={
        "acceptance": ["draw_acceptance"],
        "api": ["draw", "draw_result"],
        "comparison": ["draw_comparison"],
        "descent": ["draw_descent", "draw_losses"],
        "frames": ["draw_frames"],
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


class _Draw(_ModuleType):
    """The package itself is the public function ``pyframe.draw(...)``.

    Importing ``pyframe.draw`` binds that name to this module, so the module answers calls.
    """

    def __call__(self, thing: _Any, ax: _Any = None, **options: _Any) -> _Any:
        return self.draw(thing, ax, **options)


_sys.modules[__name__].__class__ = _Draw

"""What pyframe's plugin manager loads: each function by name, imported when it is called."""

from __future__ import annotations

from pyframe.registry.records import PrimitiveRecord
from pyframe_special import CATALOGUE

PLACES = {
    **{name: f"scipy.special.{name}" for names in CATALOGUE.values() for name in names},
    "zeta": "scipy.special._zeta",
    "principal_or_lower": "scipy.special._lambertw",
}
"""The function of SciPy that each stands in for."""

PARTS = {
    "ai", "aip", "bi", "bip", "cosine_integral", "dispersion", "fresnel_c", "fresnel_s",
    "lambertw", "lambertw_lower", "sine_integral",
}  # fmt: skip
"""Those that stand in for none: parts of the others."""


def pyframe_primitives() -> list[PrimitiveRecord]:
    """Everything that stands in for a function of SciPy."""
    return [
        PrimitiveRecord(
            name.replace("_", "-"),
            f"pyframe_special.{module}:{name}",
            f"scipy.special.{PLACES[name].rpartition('.')[2].lstrip('_')} of traced values",
            replaces=(PLACES[name],),
        )
        for module, names in CATALOGUE.items()
        for name in names
        if name not in PARTS
    ]

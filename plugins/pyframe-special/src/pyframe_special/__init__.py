"""Functions of scipy.special with differential rules, as primitives of pyframe.

With this package installed, ``scipy.special.kv(1, x)`` and the others may be called with traced
values; they can also be imported from here.  SciPy is imported with the first of them.
"""

import lazy_loader as _lazy

CATALOGUE = {
    "bessel": ["iv", "ive", "jv", "kv", "kve", "yv"],
    "struve": ["modstruve", "struve"],
    "airy": ["ai", "aip", "airy", "bi", "bip"],
    "incomplete": [
        "betainc", "betaincc", "betaincinv", "gammainc", "gammaincc", "gammaincinv", "stdtr",
    ],
    "hypergeometric": ["ellipe", "ellipk", "hyp0f1", "hyp1f1", "hyp2f1", "spence"],
    "integrals": [
        "cosine_integral", "dawsn", "erfcx", "erfi", "exp1", "expi", "fresnel", "fresnel_c",
        "fresnel_s", "sici", "sine_integral",
    ],
    "lambert": ["lambertw", "lambertw_lower", "principal_or_lower"],
    "zeta": ["zeta"],
    "normal": ["dispersion", "owens_t", "voigt_profile"],
}  # fmt: skip
"""What each module has."""

__getattr__, __dir__, __all__ = _lazy.attach(__name__, submod_attrs=CATALOGUE)

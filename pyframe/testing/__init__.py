"""The conformance kit for plugin authors, and the shapes of test problems.

A ``check_*`` function runs a table of properties that every part must have, and returns a
report; ``strict=True`` makes failures an exception, which is all that a plugin's own test
needs::

    from pyframe.testing import check_criterion

    def test_conforms():
        check_criterion("my-criterion", strict=True)
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(  # pyright: ignore[reportUnknownVariableType]
    __name__,
    submodules=["problems"],
    submod_attrs={
        "ad_mode": ["check_ad_mode"],
        "checks": [
            "check",
            "check_criterion",
            "check_direction",
            "check_initial_step",
            "check_scalar_method",
            "check_space",
            "check_strategy",
        ],
        "primitive": ["check_rules"],
        "replays": ["replay"],
        "report": ["ConformanceError", "Finding", "Report"],
    },
)

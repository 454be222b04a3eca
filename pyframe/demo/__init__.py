"""``pyframe demo``: the lecture's numerical illustration, and training on real data."""

from pyframe.demo.show import DEFAULT_OUTPUT, run

__all__ = ["DEFAULT_OUTPUT", "run"]

"""The demonstration: ``pyframe demo``."""

from pyframe.demo.show import run

__all__ = ["run"]

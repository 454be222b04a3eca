"""Random programs to try derivatives on; ``generate(seed)`` makes one."""

from autodiff.programs.generator import generate
from autodiff.programs.ops import OPS
from autodiff.programs.program import Program, Statement, quiet
from autodiff.programs.shrink import shrink

__all__ = ["OPS", "Program", "Statement", "generate", "quiet", "shrink"]

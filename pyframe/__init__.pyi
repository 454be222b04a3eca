# The public names, and where they come from: read by type checkers and by the lazy loader.
from . import errors as errors
from . import testing as testing
from .draw.api import draw as draw
from .errors import PyframeError as PyframeError
from .extend import ACCEPT as ACCEPT
from .extend import STALL as STALL
from .extend import TOO_LONG as TOO_LONG
from .extend import TOO_SHORT as TOO_SHORT
from .extend import criterion as criterion
from .extend import direction as direction
from .extend import initial_step as initial_step
from .extend import problem as problem
from .extend import scalar_method as scalar_method
from .extend import strategy as strategy
from .info import show_versions as show_versions
from .linesearch import criteria as criteria
from .linesearch import initial_steps as initial_steps
from .linesearch import scalar_methods as scalar_methods
from .linesearch import strategies as strategies
from .linesearch.api import line_search as line_search
from .linesearch.api import minimize_scalar as minimize_scalar
from .linesearch.batch import ScalarBatchResult as ScalarBatchResult
from .linesearch.batch import minimize_scalar_batch as minimize_scalar_batch
from .linesearch.stepper import Stepper as Stepper
from .optimize import directions as directions
from .optimize.api import minimize as minimize
from .optimize.scipy_adapter import as_scipy as as_scipy
from .registry.manager import plugins as plugins
from .registry.manager import register as register
from .results import LineSearchResult as LineSearchResult
from .results import OptimizeResult as OptimizeResult
from .results import ScalarResult as ScalarResult
from .results import Status as Status
from .results import Verdict as Verdict

__version__: str

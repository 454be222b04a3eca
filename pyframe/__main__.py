"""``python -m pyframe``: the command ``pyframe``."""

import sys

from pyframe.cli import main

sys.exit(main())

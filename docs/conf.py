"""Settings of the documentation site."""

import pyframe

project = "pyframe"
author = "the pyframe maintainers"
copyright = "2026, the pyframe maintainers"
version = release = pyframe.__version__

extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
html_theme = "pydata_sphinx_theme"
html_title = "pyframe"
html_theme_options = {"show_prev_next": False}
exclude_patterns = ["_build"]

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_execution_timeout = 120
myst_enable_extensions = ["dollarmath"]
autodoc_typehints = "none"
numpydoc_show_class_members = False

"""Settings of the documentation site."""

from pathlib import Path

import numpy as np

import pyframe

project = "pyframe"
author = "the pyframe maintainers"
copyright = "2026, the pyframe maintainers"
version = release = pyframe.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx_gallery.gen_gallery",
]
html_theme = "pydata_sphinx_theme"
html_title = "pyframe"
html_theme_options = {"show_prev_next": False, "secondary_sidebar_items": ["page-toc"]}
html_sidebars = {"**": []}
html_show_sourcelink = False
# The gallery's notebooks are for download, they are no pages.
exclude_patterns = ["_build", "examples", "gallery/*.ipynb", "sg_execution_times.rst"]

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_execution_timeout = 120
nb_render_markdown_format = "myst"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 2
autodoc_typehints = "none"
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "within_subsection_order": "FileNameSortKey",
}

# The gallery makes thumbnails of matplotlib's pictures only.
BUILD = Path(__file__).parent / "_build"
BUILD.mkdir(exist_ok=True)
pyframe.draw(lambda x, y: np.sqrt(x * np.log(y)), 2.0, 3.0, show="value").save(BUILD / "graph.svg")

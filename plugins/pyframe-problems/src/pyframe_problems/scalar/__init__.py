"""Functions of one variable with a known minimiser on an interval, one file per family.

Every one is unimodal on its bounds: strictly falling up to the minimiser, strictly rising
after it.  Minimisers and minima are correct to the last bit or two of a float64.
"""

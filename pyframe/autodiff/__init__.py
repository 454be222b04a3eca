"""Automatic differentiation of ordinary NumPy code."""

"""Test problems of More, Garbow and Hillstrom: sums of squares with standard starts.

Source: J. J. More, B. S. Garbow and K. E. Hillstrom, "Testing unconstrained optimization
software", ACM Transactions on Mathematical Software 7 (1981), 17-41; the numbers in the
comments are those of its section 3.

``few_variables`` holds the algebraic ones of two to four variables, ``data_fits`` those
with data or an index t, ``any_dimension`` those whose number of variables is free;
``squares`` is how they are put together.

The paper prints its minima to six digits.  Where a minimum has no closed form, minimiser
and minimum here were refined from the printed digits by Newton's method on the gradient
with 50 digits and are stored to the precision of a float64.
"""

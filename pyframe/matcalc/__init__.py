"""Matrix calculus: expressions with symbolic sizes, their derivatives and evaluations."""

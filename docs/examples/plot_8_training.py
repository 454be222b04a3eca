"""
Training with each criterion
============================

Logistic regression on 398 biopsies; criteria that lead the same way share a line.
"""

import pyframe as pf
from pyframe.demo.data_file import load, split
from pyframe.demo.logistic import LogisticRegression
from pyframe.demo.training import least_loss, train
from pyframe.draw import draw_losses

rows = split(load())
problem = LogisticRegression(rows.train, rows.train_labels)
runs = [train(problem, rows, "lbfgs", known) for known in pf.plugins("criterion")]
losses = {run.criterion: run.losses for run in runs}
ax = draw_losses(losses, minimum=least_loss(problem))

"""What start-up and many lines cost, against what they cannot do without; never part of the suite.

    python -m tests.bench

Each figure is the ratio of two commands run in turn, the median over their pairs, so that a busy
machine slows both. It is the installed script of the running interpreter that is measured: install
the package itself, not as editable, so that it has bytecode as users' has.
"""

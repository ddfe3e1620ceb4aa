"""What start-up, lines, convolutions and sampling cost, against what they are measured by; never part of the suite.

    python -m tests.bench
    python -m tests.bench forward

Each figure is the ratio of two commands run in turn, the median over their pairs, so that a busy
machine slows both. A figure ends in PASS or MISS, and the last lines count them and repeat what was missed. It
is the installed script of the running interpreter that is measured: install the package itself, not as editable,
so that it has bytecode as users' has. `forward` and `sampling` are no processes: they hold convolutions, pools and
weights against torch's on one thread, where torch is installed, and their memory against the estimate.
"""

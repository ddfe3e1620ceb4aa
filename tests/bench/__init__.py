"""What start-up, many lines and convolutions cost, against what they are measured by; never part of the suite.

    python -m tests.bench
    python -m tests.bench forward

Each figure is the ratio of two commands run in turn, the median over their pairs, so that a busy
machine slows both. It is the installed script of the running interpreter that is measured: install
the package itself, not as editable, so that it has bytecode as users' has. `forward` is no process: it holds
convolutions against torch's on one thread, where torch is installed, and their memory against the estimate.
"""

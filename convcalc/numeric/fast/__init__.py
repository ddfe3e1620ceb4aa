"""A fast kernel for every layer.

Each file has ``RULES``: kind -> ``rule(node) -> Kernel``. A rule does what depends on shapes and
arguments alone; the kernel's ``run(inputs, weights)`` does the rest, as often as it is called.
"""

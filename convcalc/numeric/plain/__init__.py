"""The definition of every layer, in loops that a reader can hold against the framework's documentation.

Each file has ``RULES``: kind -> ``rule(node, inputs, weights)``, which returns the output in float64.
Nothing here is shared with `convcalc.numeric.fast`: the two prove each other.
"""

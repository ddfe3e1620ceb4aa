"""Networks in numbers: the only room with numpy.

`fast` has a kernel for every layer, `plain` its definition written out as loops; both are asked by
`program`, which runs a network by either. The three files of a layer have one name: `layers/conv.py`
declares it, `numeric/fast/conv.py` computes it, `numeric/plain/conv.py` defines it.
"""

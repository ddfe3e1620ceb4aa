"""The real frameworks as oracles: each module has ``answer(case) -> dict`` and knows nothing of the engine.

A case is ``{"name": "Conv2d", "kwargs": {...}, "args": [...], "input": [4, 3, 28, 28]}``; the input is the tensor's own
shape, batch included, None for an unknown size, or a list of shapes for a merge. The answer is
``{"ok": True, "output": [...], "params": {...}, "weights": [[name, shape], ...]}``, or
``{"ok": False, "stage": "construct" | "infer" | "run", "error": "..."}`` where the framework refuses.
"""

"""One oracle in a process of its own: JSON cases on standard input, one a line; answers on standard output, in order.

A framework that crashes takes only its process with it; `Oracle` starts a new one and answers for the case at fault.
"""

import json
import os
import subprocess
import sys
from collections import deque
from contextlib import suppress

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BACKENDS = {
    "torch": ("torch_oracle", {}),
    "keras": ("keras_oracle", {"KERAS_BACKEND": "tensorflow"}),
    "jax": ("keras_oracle", {"KERAS_BACKEND": "jax"}),
    "onnx": ("onnx_oracle", {}),
}


# What the values need beside: JAX has float64 only where it is asked to, and compiles faster than it optimises.
VALUES = {
    "jax": {
        "JAX_ENABLE_X64": "1",
        "XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true",
    }
}


class Oracle:
    """A worker process for one backend, started when first asked; with `values` it computes instead of sizing.

    >>> Oracle("torch").backend
    'torch'
    """

    def __init__(self, backend, values=False):
        self.backend = backend
        self.values = values
        self.process = None

    def __call__(self, case):
        """Return the backend's answer; a crash of its process is an answer with the stage ``crash``."""
        self.send(case)
        return self.receive()

    def ahead(self, cases, number=12):
        """Yield ``(case, answer)`` of many cases, while the process computes the next."""
        sent: deque = deque()
        for case in cases:
            sent.append(case)
            self.send(case)
            if len(sent) > number:
                yield from self._first(sent)
        while sent:
            yield from self._first(sent)

    def _first(self, sent):
        yield sent.popleft(), self.receive()
        if self.process is None:
            # It crashed over the one just answered for, and the others went with it.
            for case in sent:
                self.send(case)

    def send(self, case):
        """Ask; the answers come in this order."""
        if self.process is None:
            self._start()
        # A process that crashed over an earlier case says so where that one's answer is awaited.
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(case) + "\n")
            self.process.stdin.flush()

    def receive(self):
        """Return the answer to the first case that was sent and has none."""
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        code = self.process.wait()
        self.close()
        return {"ok": False, "stage": "crash", "error": f"the {self.backend} process ended with {code}"}

    def _start(self):
        environment = {**os.environ, **BACKENDS[self.backend][1]}
        if self.values:
            environment |= VALUES.get(self.backend, {})
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.worker", self.backend, *["values"] * self.values],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=environment,
        )

    def close(self):
        """End the process, if there is one."""
        if self.process is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()
            self.process = None


def main(backend, what="answer"):
    """Answer until standard input ends."""
    import importlib

    # Frameworks print to standard output as they please; the answers keep the real one to themselves.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answer = getattr(importlib.import_module(f"tests.live.oracles.{BACKENDS[backend][0]}"), what)
    for line in sys.stdin:
        if line.strip():
            answers.write(json.dumps(answer(json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""One oracle in a process of its own: JSON cases on standard input, one a line; answers on standard output, in order.

A framework that crashes takes only its process with it; `Oracle` starts a new one and answers for the case at fault.
"""

import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BACKENDS = {
    "torch": ("torch_oracle", {}),
    "keras": ("keras_oracle", {"KERAS_BACKEND": "tensorflow"}),
    "jax": ("keras_oracle", {"KERAS_BACKEND": "jax"}),
    "onnx": ("onnx_oracle", {}),
}


class Oracle:
    """A worker process for one backend, started when first asked.

    >>> Oracle("torch").backend
    'torch'
    """

    def __init__(self, backend):
        self.backend = backend
        self.process = None

    def __call__(self, case):
        """Return the backend's answer; a crash of its process is an answer with the stage ``crash``."""
        if self.process is None:
            self._start()
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        code = self.process.wait()
        self.close()
        return {"ok": False, "stage": "crash", "error": f"the {self.backend} process ended with {code}"}

    def _start(self):
        environment = {**os.environ, **BACKENDS[self.backend][1]}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.worker", self.backend],
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
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()
            self.process = None


def main(backend):
    """Answer until standard input ends."""
    import importlib

    # Frameworks print to standard output as they please; the answers keep the real one to themselves.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    oracle = importlib.import_module(f"tests.live.oracles.{BACKENDS[backend][0]}")
    for line in sys.stdin:
        if line.strip():
            answers.write(json.dumps(oracle.answer(json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])

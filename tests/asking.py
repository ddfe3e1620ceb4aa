"""Short questions about one layer, for the tables of what was measured on a framework."""

import pytest

import convcalc
from convcalc.errors import ConvcalcError


class Asking:
    """Questions to one framework; `prefix` stands before each text."""

    def __init__(self, framework, prefix=""):
        self.framework = framework
        self.prefix = prefix

    def report(self, text, *input):
        return convcalc.shape(self.prefix + text, input, framework=self.framework)

    def shape(self, text, *input):
        return self.report(text, *input).output_shape

    def row(self, text, *input):
        return self.report(text, *input).layers[0]

    def weights(self, text, *input):
        return {weight.name: weight.shape for weight in self.row(text, *input).weights}

    def codes(self, text, *input):
        return [note.code for note in self.row(text, *input).notes]

    def refused(self, text, *input):
        """Return ``(exit code, error code)`` of a refusal."""
        with pytest.raises(ConvcalcError) as caught:
            self.report(text, *input)
        assert caught.value.message
        return caught.value.exit_code, caught.value.code

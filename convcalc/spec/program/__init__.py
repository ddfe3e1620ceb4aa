"""Python source, read as data: the Sequentials and the models that it defines, one of which is the network.

Nothing is imported and nothing is run. Statements are read in their order: constants, layers, Sequentials, `add` and
tensors that layers are called on. A loop, a condition, a function of the file's own: what those come to is not known,
and only what depends on them is refused.
"""

from convcalc.spec.program.choice import WOULD_DO as WOULD_DO
from convcalc.spec.program.choice import instead as instead
from convcalc.spec.program.choice import read_program as read_program

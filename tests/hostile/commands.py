"""Every command, in every form of what it prints: what the faults of the system are tried on."""

NET = ("-i", "8x8x3", "conv2d", "2", "3", "relu")
# What a small buffer takes several writes for; every command, and every form of what they print.
WRITING = {
    "shape": ("shape", *NET),
    "shape json": ("shape", *NET, "--json"),
    "shape csv": ("shape", *NET, "--format", "csv"),
    "shape markdown": ("shape", *NET, "--format", "markdown"),
    "shape field": ("shape", *NET, "--field", "macs"),
    "shape expect": ("shape", *NET, "--expect", "6x6x2"),
    "shape each": ("shape", "--each"),
    "inspect": ("inspect", *NET),
    "inspect json": ("inspect", *NET, "--json"),
    "check": ("check", *NET),
    "check json": ("check", *NET, "--json"),
    "init-stats": ("init-stats", *NET, "--samples", "1000"),
    "init-stats json": ("init-stats", *NET, "--samples", "1000", "--json"),
    "diff": ("diff", "-i", "8x8x3", "conv2d 2 3", "conv2d 2 3"),
    "diff json": ("diff", "-i", "8x8x3", "conv2d 2 3", "conv2d 2 3", "--json"),
    "list": ("list", "layers", "conv2d"),
    "list json": ("list", "initializers", "he_normal", "--json"),
    "list activations": ("list", "activations", "gelu"),
    "completion": ("completion", "bash"),
    "tab": ("completion", "bash", "--for", "convcalc shape conv2d pad="),
    "schema": ("schema", "shape"),
    "help": ("--help",),
    "help of a command": ("shape", "--help"),
    "version": ("--version",),
}
FOR_PEOPLE = ("help", "help of a command", "version", "tab")
TO_FILE = {name: (*argv, "-o", "out.txt") for name, argv in WRITING.items() if name not in FOR_PEOPLE}
FILES = {
    "specs": ("shape", "specs.txt", "-i", "8x8x3"),
    "own json": ("inspect", "own.json"),
    "keras json": ("shape", "model.json"),
    "keras": ("check", "model.keras"),
    "standard input": ("shape", "-", "-i", "8x8x3"),
    "each": ("shape", "--each"),
    "diff": ("diff", "model.json", "model.keras"),
}
# Those that use numpy.
COMPUTING = ("check", "init-stats")
REFUSED = {
    "usage": ("shape", "conv2d", "3", "3", "sd=2"),
    "usage json": ("shape", "conv2d", "3", "3", "sd=2", "--json"),
    "no file": ("shape", "./none.txt"),
    "no command": ("shap",),
}

"""Every command with its options and arguments: written by ``python -m tests.completions``.

An option's line has its names, what it takes (``-`` for nothing, words with bars between for a
choice), and its help, with two blanks between.
"""

COMMANDS = {
    "shape": "Output shapes, parameters, MACs: a row a layer.",
    "inspect": "A sheet a layer: arguments, formulas, windows, weights, cost.",
    "check": "Run it in NumPy by two ways, and in the framework itself.",
    "init-stats": "Weights before any training, and what they do to a signal.",
    "diff": "Two networks row by row, and what the second has more.",
    "list": "The layers that convcalc knows, and their parameters.",
    "completion": "The script that completes commands in bash, zsh or fish.",
    "schema": "The JSON Schema of a command's output.",
}
# Places, the last for all that follow in a network.
ARGUMENTS = {
    "shape": "NETWORK",
    "inspect": "NETWORK",
    "check": "NETWORK",
    "init-stats": "NETWORK",
    "diff": "A_B",
    "list": "layers|activations|initializers|regularizers NAME",
    "completion": "bash|zsh|fish",
    "schema": "shape|inspect|check|init-stats|diff|list",
}
OPTIONS = {
    "": """
--version  -  Show the version and exit.
-h --help  -  Show this message and exit.
""",
    "shape": """
-i --input  [NAME=]SHAPE  Shape of the input: 28x28x3, 4,28,28,3, HxWx3, 5x5; one -i an input, in order or by name.
-F --framework  keras|torch|onnx  Whose rules; else the spec's own.
--batch  N  Samples in a batch, where the input has none.
--dtype  float32|float64|float16|bfloat16|int8  The type that bytes count.
--format  table|json|jsonl|csv|markdown  How to print; table by default.
--json  -  Short for --format json.
-o --output  FILE  Write there, all of it or nothing.
-q --quiet  -  No notes and no hints; data unchanged.
--color  auto|always|never  When to colour.
--only  INDEX/NAME/TYPE  These rows, or those below a path; totals stay.
--each  -  A network a line on standard input, a JSON object a line out.
--expect  SHAPE  Exit 1 unless the output has this shape; ? matches any size.
--field  PATH  Print one value of the JSON: output_shape, layers.-1.macs.
--sort  params|macs|memory  Rows by cost, the costliest first.
--top  N  The N costliest rows; by MACs unless --sort says otherwise.
--depth  N  Fold what lies deeper in a path of names: a row a block.
--match  torchinfo|fvcore|ptflops|thop|keras|onnx-tool  Another tool's counts beside, and why they differ.
--max-params  N  Exit 1 where there are more parameters: 300K, 1.5M.
--max-macs  N  Exit 1 where there are more MACs: 300M, 1.5G.
--max-memory  N  Exit 1 where the peak of activations has more bytes: 4MiB.
-h --help  -  Show this message and exit.
""",
    "inspect": """
-i --input  [NAME=]SHAPE  Shape of the input: 28x28x3, 4,28,28,3, HxWx3, 5x5; one -i an input, in order or by name.
-F --framework  keras|torch|onnx  Whose rules; else the spec's own.
--batch  N  Samples in a batch, where the input has none.
--dtype  float32|float64|float16|bfloat16|int8  The type that bytes count.
--format  table|json|jsonl|csv|markdown  How to print; table by default.
--json  -  Short for --format json.
-o --output  FILE  Write there, all of it or nothing.
-q --quiet  -  No notes and no hints; data unchanged.
--color  auto|always|never  When to colour.
--only  INDEX/NAME/TYPE  These rows, or those below a path; totals stay.
-h --help  -  Show this message and exit.
""",
    "check": """
-i --input  [NAME=]SHAPE  Shape of the input: 28x28x3, 4,28,28,3, HxWx3, 5x5; one -i an input, in order or by name.
-F --framework  keras|torch|onnx  Whose rules; else the spec's own.
--batch  N  Samples in a batch, where the input has none.
--dtype  float32|float64  To compute in.
--format  table|json|jsonl|csv|markdown  How to print; table by default.
--json  -  Short for --format json.
-o --output  FILE  Write there, all of it or nothing.
-q --quiet  -  No notes and no hints; data unchanged.
--color  auto|always|never  When to colour.
--only  INDEX/NAME/TYPE  These rows, or those below a path; totals stay.
--seed  N  Of the random input and weights; 0 by default.
--max-bytes  N  Refuse what needs more memory; 512 MiB by default.
--max-macs  N  Refuse what takes more work; 20,000,000,000 by default.
--against  keras|torch|onnx  Run the network's own framework too, if installed.
-h --help  -  Show this message and exit.
""",
    "init-stats": """
-i --input  [NAME=]SHAPE  Shape of the input: 28x28x3, 4,28,28,3, HxWx3, 5x5; one -i an input, in order or by name.
-F --framework  keras|torch|onnx  Whose rules; else the spec's own.
--batch  N  Samples in a batch, where the input has none.
--format  table|json|jsonl|csv|markdown  How to print; table by default.
--json  -  Short for --format json.
-o --output  FILE  Write there, all of it or nothing.
-q --quiet  -  No notes and no hints; data unchanged.
--color  auto|always|never  When to colour.
--only  INDEX/NAME/TYPE  These rows, or those below a path; totals stay.
--seed  N  Of the random input and weights; 0 by default.
--max-bytes  N  Refuse what needs more memory; 512 MiB by default.
--samples  N  Values of a weight that are drawn at most.
--images  N  Samples that go through the network; 0 for none.
-h --help  -  Show this message and exit.
""",
    "diff": """
-i --input  [NAME=]SHAPE  Shape of the input: 28x28x3, 4,28,28,3, HxWx3, 5x5; one -i an input, in order or by name.
-F --framework  keras|torch|onnx  Whose rules; else the spec's own.
--batch  N  Samples in a batch, where the input has none.
--dtype  float32|float64|float16|bfloat16|int8  The type that bytes count.
--only  WHAT,WHAT  Compare these: spec, inputs, shape, params, macs.
--format  table|json|jsonl|csv|markdown  How to print; table by default.
--json  -  Short for --format json.
-o --output  FILE  Write there, all of it or nothing.
-q --quiet  -  No notes and no hints; data unchanged.
--color  auto|always|never  When to colour.
-h --help  -  Show this message and exit.
""",
    "list": """
--at  X,X  Where to show an activation's values: --at -2,-1,0,0.5.
--format  table|json|jsonl|csv|markdown  How to print; table by default.
--json  -  Short for --format json.
-o --output  FILE  Write there, all of it or nothing.
-q --quiet  -  No notes and no hints; data unchanged.
--color  auto|always|never  When to colour.
-h --help  -  Show this message and exit.
""",
    "completion": """
-o --output  FILE  Write there, all of it or nothing.
-h --help  -  Show this message and exit.
""",
    "schema": """
-o --output  FILE  Write there, all of it or nothing.
-h --help  -  Show this message and exit.
""",
}
# What options take that are no choice of click's.
VALUES = {
    "diff --only": "spec|inputs|shape|params|macs",
    "shape --field": (
        "input_shape|output_shape|params.total|params.trainable|macs|"
        "flops|param_bytes|peak_activation_bytes|receptive_field.size|layers.-1.output_shape"
    ),
}
SUFFIXES = (".txt", ".json", ".keras", ".onnx", ".py")

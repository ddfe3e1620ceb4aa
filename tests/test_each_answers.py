"""``--each``: the answers are those of the report on the same question."""

import json
import random

import convcalc
from tests.conftest import asked


def test_known_words_mean_what_they_mean_alone(each):
    """A word met in one layer's call says nothing of another's, nor of another place in the call."""
    lines = [
        "conv2d 3 5",
        "conv2d 5 3",
        "maxpool2d 3 5",
        "Conv2d 3 5",
        "Conv2d 3 5 maxpool2d 3",
        "maxpool2d 3",
        "conv2d 3 k=5",
        "conv2d k=5 3",
        "conv2d 3 5 5",
        "relu",
        "act relu",
        "conv2d 3 5 act=relu",
    ]
    lines = [line for line in lines for _ in range(2)]
    answers = each(*lines, options=["-i", "9x9x9"])

    for line, answer in zip(lines, answers, strict=True):
        assert_same(answer, convcalc.shape(line, "9x9x9"))


def assert_same(answer, report):
    """Hold one answer against the report on the same question."""
    data = report.to_dict()
    notes = [{"layer": row["index"], **note} for row in data["layers"] for note in row["notes"]]
    assert answer == {
        "id": answer["id"],
        "line": answer["line"],
        "framework": data["framework"],
        "input_shape": data["input_shape"],
        "output_shape": data["output_shape"],
        "params": data["params"],
        "macs": data["macs"],
        "notes": notes,
    }


def drawn(rng):
    """Return a random question of one to three layers; a fifth of them is refused."""
    windows = ["conv2d", "conv2dT", "dwconv2d", "sepconv2d", "maxpool2d", "avgpool2d"]
    windows += ["Conv2D", "Conv2d", "ConvTranspose2d"]
    others = ["relu", "bn", "gap2d", "flatten", "dense 3", "zeropad2d 1", "act gelu", "relu @a | add @a"]
    specs = []
    for _ in range(rng.randint(1, 3)):
        word = rng.choice(windows)
        size = f"{rng.randint(1, 12)} " if "conv" in word.lower() and word != "dwconv2d" else ""
        padding = rng.choice(["same", "valid", "1", "1:2x0:1", "reflect"])
        keys = [f"s={rng.randint(1, 4)}", f"pad={padding}", "b=false", "d=2"]
        specs.append(" ".join([word, f"{size}{rng.randint(1, 5)}", *rng.sample(keys, rng.randint(0, 2))]))
        if not rng.randint(0, 2):
            specs.append(rng.choice(others))
    shape = rng.choice(["9x9x3", "3x30x31", "HxWx3", "5x5", "(2, 8, 16, 16)", "Nx20x20x4", "7"])
    return {"id": rng.randint(0, 9), "spec": rng.choice([" ", " | ", "\n"]).join(specs), "input": shape}


def test_answers_are_those_of_the_report(each):
    rng = random.Random(11)
    questions = [drawn(rng) for _ in range(600)]
    answers = each(*map(json.dumps, questions), code=1)

    reports = [report_or_error(question) for question in questions]
    for report, answer in zip(reports, answers, strict=True):
        if isinstance(report, convcalc.ConvcalcError):
            assert answer["error"] == report.to_dict()
        else:
            assert_same(answer, report)
    assert 60 < sum("error" in answer for answer in answers) < 500


def report_or_error(question):
    """Return what the Python API makes of a question."""
    try:
        return convcalc.shape(question["spec"], question["input"])
    except convcalc.ConvcalcError as error:
        return error


def test_notes_where_branches_meet_are_those_of_the_report(each):
    spec = "conv2d 4 3 pad=same @a | maxpool2d 2 | upsample2d 2 | add @a"
    (answer,) = each(asked(spec, input="16x16x4"))

    assert_same(answer, convcalc.shape(spec, "16x16x4"))

"""Budgets of ``shape``, and the units that they and the limits of other commands take."""

import json

import pytest

from convcalc.cli.quantities import BYTES, COUNTS, quantity
from convcalc.errors import SpecError

NET = ("-i", "28x28x3", "conv2d 32 3 act=relu maxpool2d 2 flatten dense 10")
# What the network has: the figures of the README, added up by hand.
PARAMS, MACS, MEMORY = 896 + 54_090, 584_064 + 54_080, (26 * 26 + 13 * 13) * 32 * 4


@pytest.mark.parametrize(
    ("text", "units", "value"),
    [
        ("300", COUNTS, 300),
        ("300K", COUNTS, 300_000),
        ("1.5M", COUNTS, 1_500_000),
        ("1.5m", COUNTS, 1_500_000),
        ("2G", COUNTS, 2 * 10**9),
        ("0.0015T", COUNTS, 1_500_000_000),
        ("20,000,000,000", COUNTS, 2 * 10**10),
        ("1.0009K", COUNTS, 1000),
        ("4KiB", BYTES, 4096),
        ("4 MiB", BYTES, 4 * 2**20),
        ("0.5GiB", BYTES, 2**29),
        ("1TiB", BYTES, 2**40),
        ("4KB", BYTES, 4000),
        ("4K", BYTES, 4000),
        ("7b", BYTES, 7),
        ("4.7mib", BYTES, 4_928_307),
    ],
)
def test_quantity(text, units, value):
    assert quantity(text, "--max", units) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "K", "-1", "+1", "1e6", "1_000", "1.5.0", ".5", "5.", "1,00", "1,0000", "٣", "1KK", "1iB", "4Mi", "0"),
        *("0.9", "inf", "1" * 19, "0x10", "1/2", "4MiB x"),
    ],
)
def test_what_is_no_quantity(text):
    with pytest.raises(SpecError) as caught:
        quantity(text, "--max", BYTES)
    assert caught.value.code == "bad_value"
    assert caught.value.span == (6, 6 + len(text))


def test_counts_have_no_bytes():
    with pytest.raises(SpecError) as caught:
        quantity("4MiB", "--max", COUNTS)
    assert "K, M or G" in caught.value.hint


@pytest.mark.parametrize(("option", "has"), [("--max-params", PARAMS), ("--max-macs", MACS), ("--max-memory", MEMORY)])
def test_a_budget_is_kept_to_the_last_one(option, has, cli):
    plain = cli("shape", *NET)
    assert cli("shape", option, str(has), *NET) == plain
    over = cli("shape", option, str(has - 1), *NET)
    assert (over.code, over.out) == (1, plain.out)
    assert f"{has:,}" in over.err
    assert f", 1 more than {option} {has - 1}" in over.err


def test_where_most_of_it_is(cli):
    assert "Row 3, dense, has the most: 54,090." in cli("shape", "--max-params", "1K", *NET).err
    assert "Row 0, conv2d, has the most: 584,064." in cli("shape", "--max-macs", "0", *NET).err
    assert "row 1, max_pooling2d" in cli("shape", "--max-memory", "1KiB", *NET).err


def test_a_budget_is_of_the_whole_network_and_its_batch(cli):
    assert cli("shape", "--only", "0", "--max-params", "1K", *NET).code == 1
    assert cli("shape", "--max-macs", "1M", *NET).code == 0
    assert cli("shape", "--max-macs", "1M", "--batch", "2", *NET).code == 1
    assert cli("shape", "--max-memory", "64KiB", "--dtype", "int8", *NET).code == 0


def test_all_that_is_missed_is_told(cli):
    answer = cli(
        "shape", "--json", "--max-params", "1K", "--max-macs", "1M", "--max-memory", "1KB", "--expect", "1,2,3", *NET
    )
    error = json.loads(answer.err)["error"]
    assert answer.code == 1
    assert error["code"] == "unexpected"
    assert json.loads(answer.out)["macs"] == MACS
    assert all(words in error["message"] for words in ("2 axes, not 3", "--max-params 1K", "--max-memory 1KB"))
    assert "--max-macs" not in error["message"]


def test_symbols_cannot_be_held_against_a_number(cli):
    answer = cli("shape", "--max-params", "1K", "conv2d k=3")
    assert answer.code == 1
    assert "9*C*F + F parameters" in answer.err
    assert cli("shape", "--max-params", "1K", "-i", "HxWx3", "conv2d 8 3").code == 0


def test_a_wrong_budget_says_so_before_anything_is_printed(cli):
    for option in ("--max-params", "--max-macs", "--max-memory"):
        answer = cli("shape", option, "", *NET)
        assert (answer.code, answer.out) == (2, "")
        assert option in answer.err


def test_budgets_do_not_go_with_each(process):
    answer = process("shape", "--each", "--max-macs", "1M")
    assert (answer.code, answer.out) == (2, "")


def test_limits_of_other_commands_take_the_same_units(cli):
    assert "the limit is 1,500." in cli("check", "-i", "28x28x3", "conv2d 3 3", "--max-macs", "1.5K").err
    assert "the limit is 2 KiB." in cli("check", "-i", "28x28x3", "conv2d 3 3", "--max-bytes", "2KiB").err
    assert "the limit is 2 KiB." in cli("init-stats", "-i", "28x28x3", "conv2d 3 3", "--max-bytes", "2KiB").err
    assert cli("check", "-i", "28x28x3", "conv2d 3 3", "--max-macs", "4KiB").code == 2

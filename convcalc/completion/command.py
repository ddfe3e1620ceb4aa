"""What may stand at the end of a command line: commands, options and their values, files, and networks."""

import os

from convcalc.completion.candidate import ON, WORD, Candidate
from convcalc.completion.table import ARGUMENTS, COMMANDS, OPTIONS, SUFFIXES, VALUES

FLAG, FILE = "-", "FILE"
NETWORK = "NETWORK"
FRAMEWORK = ("-F", "--framework")


def candidates(words, quote=""):
    """Return every `Candidate` for the last of some words.

    Parameters
    ----------
    words : sequence of str
        Those of the command line up to the cursor, without the shell's quotes; the first is the
        program, the last what stands before the cursor, perhaps "".
    quote : str
        The quote that is still open before the cursor.

    Examples
    --------
    >>> [candidate.value for candidate in candidates(["convcalc", "sch"])]
    ['schema']
    >>> [candidate.value for candidate in candidates(["convcalc", "shape", "--format=j"])]
    ['--format=json', '--format=jsonl']
    >>> [candidate.value for candidate in candidates(["convcalc", "shape", "conv2d", "pad=s"])]
    ['pad=same']
    """
    word = words[-1]
    name = None
    taken: list = []  # what stands by its position
    chosen: dict = {}  # option -> value
    waiting = None
    plain = False  # after `--`
    for each in words[1:-1]:
        if waiting is not None:
            chosen[waiting], waiting = each, None
        elif each == "--" and not plain:
            plain = True
        elif is_option(each) and not plain:
            option, sign, value = each.partition("=")
            kind = kinds(name).get(option, FLAG)
            chosen[option] = value
            if kind != FLAG and not sign:
                waiting = option
        elif name is None:
            if each not in COMMANDS:
                return []
            name = each
        else:
            taken.append(each)
    if waiting is not None:
        return option_values(name, waiting, word, "")
    if (is_option(word) or word == "-") and not plain:
        option, sign, value = word.partition("=")
        if sign:
            return option_values(name, option, value, option + sign) if option[:2] == "--" else []
        return options(name, word)
    if name is None:
        return [Candidate(one, one, about, WORD) for one, about in COMMANDS.items() if one.startswith(word)]
    return arguments(name, taken, word, chosen, quote)


def is_option(word):
    """Tell whether a word is an option; ``-1`` is a number, and ``-`` standard input."""
    return word[:1] == "-" and word != "-" and not word[1:2].isdigit()


def rows(name):
    """Yield ``(names, kind, help)`` of the options of a command."""
    for line in OPTIONS[name or ""].strip().splitlines():
        names, kind, about = line.split("  ", 2)
        yield names.split(), kind, about.strip()


def kinds(name):
    """Return what each option of a command takes."""
    return {option: kind for names, kind, _ in rows(name) for option in names}


def options(name, word):
    """Return the options that begin as a word does; a short one has its long one in the list."""
    found = []
    for names, _, about in rows(name):
        shown = [option for option in names if option.startswith(word)]
        if word[:2] != "--":
            shown = shown[-1:] if word == "-" else [option for option in shown if option == word]
        found += [Candidate(option, option, about, WORD) for option in shown]
    return found


def option_values(name, option, word, before):
    """Return what an option takes, with `before` in front."""
    kind = kinds(name).get(option)
    if kind is None:
        return []
    if kind == FILE:
        return files(word, before, None)
    known = VALUES.get(f"{name} {option}", kind if "|" in kind else "").split("|")
    head, comma, last = word.rpartition(",")
    before += head + comma
    return [Candidate(before + one, one, "", WORD) for one in known if one and one.startswith(last)]


def arguments(name, taken, word, chosen, quote):
    """Return what may stand by its position."""
    own = ARGUMENTS[name].split()
    if own[-1] == NETWORK:
        found = network(taken, word, chosen, quote)
        return files(word, "", SUFFIXES, spare=found) + found if not taken else found
    if own[-1] == "A_B":
        if len(taken) > 1:
            return []
        return files(word, "", SUFFIXES) + network([], word, chosen, quote)
    if len(taken) >= len(own):
        return []
    if own[len(taken)] == "NAME":
        return named(taken[0], word)
    return [Candidate(one, one, "", WORD) for one in own[len(taken)].split("|") if one.startswith(word)]


def network(taken, word, chosen, quote):
    """Return the ways in which a network goes on, of whose words `taken` stand already."""
    from convcalc.completion.network import pieces

    before = "".join(f"{each} " for each in taken)
    framework = next((chosen[option] for option in FRAMEWORK if option in chosen), None)
    framework = framework if framework in ("keras", "torch", "onnx") else None
    found: dict = {}
    for piece in pieces(before + word, framework, quote):
        cut = piece.start - len(before)
        if cut >= 0:
            value = word[:cut] + piece.text
            found.setdefault(value, Candidate(value, piece.text, piece.help, piece.end))
    return list(found.values())


def named(kind, word):
    """Return the entries of a list that begin as a word does, whatever its case."""
    if kind == "layers":
        from convcalc import layers

        known = {word: layer.family.about for layer in layers.layers() for word in layer.words()}
        if word[:1].isupper():
            exact = [name for name in layers.class_names() if name.startswith(word)]
            if exact:
                known = dict.fromkeys(exact, "")
    elif kind == "activations":
        from convcalc import activations

        known = {row.name: row.about for row in activations.ROWS}
    elif kind == "initializers":
        from convcalc import initializers

        known = {row.name: row.about for row in initializers.ROWS}
    elif kind == "regularizers":
        from convcalc import regularizers

        known = {row.name: row.about for row in regularizers.ROWS}
    else:
        return []
    return [Candidate(one, one, about, WORD) for one, about in known.items() if one.lower().startswith(word.lower())]


def files(word, before, suffixes, spare=()):
    """Return the files and folders that begin as a word does; those of some suffixes, or of any.

    A network with a slash is a file whatever its suffix. Where a word may be much else and nothing of
    it stands yet (`spare`), folders are left out.
    """
    folder, slash, begun = word.rpartition("/")
    folder += slash
    if any(mark in word for mark in "|()=[]\n") and suffixes:
        return []
    found = []
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            for entry in entries:
                name = entry.name
                if not name.startswith(begun) or (name[0] == "." and not begun) or not name.isprintable():
                    continue
                if entry.is_dir():
                    if slash or begun or not spare:
                        found.append(Candidate(f"{before}{folder}{name}/", f"{name}/", "", ON))
                elif suffixes is None or slash or name.endswith(suffixes):
                    found.append(Candidate(before + folder + name, name, "", WORD))
    except (OSError, ValueError):
        return []
    return sorted(found)

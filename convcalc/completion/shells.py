"""Each shell's side: its line taken apart into words, and candidates as it takes them.

A shell that finds one candidate in an open quote closes the quote. Where the text goes on, it gets
what may follow as several candidates with a common beginning, which is all that it then inserts.
"""

import sys

from convcalc.completion.candidate import ARGUMENT, ITEM, ON, WORD, Candidate
from convcalc.completion.command import candidates

# What needs no backslash before it; a tilde has its meaning where a word begins.
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./=:,+@%-^~")
LONGEST = 1 << 16
# How many of them come back, unless they were asked for by their first letter.
WIDE = 100


class Line:
    """A command line up to the cursor, taken apart.

    Attributes
    ----------
    words : list of str
        Without quotes; the last is the one before the cursor.
    quote : str
        The one that is open before the cursor.
    quoted : int
        How much of the last word stands before that quote.
    odd : bool
        Whether the last word holds what only the shell can evaluate, or a quote that is closed.
    loose : list of bool
        Whether each character of the last word stands as it is, without quote or backslash.
    """

    def __init__(self, text, shell):
        self.words: list = []
        self.shell = shell
        self.end(None)
        self.begin()
        place = 0
        while place < len(text):
            place = self.take(text, place)
        self.words.append("".join(self.word or ()))

    def begin(self):
        """Begin a word."""
        self.word: list | None = None
        self.loose: list = []
        self.quote, self.quoted, self.odd = "", 0, False

    def end(self, words):
        """End a word, if there is one; or the whole command, which another one follows."""
        if words is not None and self.word is not None:
            words.append("".join(self.word))
        self.begin()

    def add(self, char, loose=False):
        """Add a character to the word."""
        self.word = self.word or []
        self.word.append(char)
        self.loose.append(loose)

    def take(self, text, place):
        """Read what stands at a place; return where the next begins."""
        char, following = text[place], text[place + 1 : place + 2]
        if self.quote:
            if char == self.quote:
                self.quote, self.odd = "", True
            elif char == "\\" and following and self.escapes(following):
                self.add(following)
                return place + 2
            else:
                self.odd = self.odd or (self.quote == '"' and char in "$`")
                self.add(char)
        elif char in "'\"":
            self.word = self.word or []
            self.quote, self.quoted = char, len(self.word)
        elif char == "\\":
            self.add(following)
            return place + 2
        elif char in " \t":
            self.end(self.words)
        elif char in ";|&\n":
            self.end(None)
            self.words = []
        else:
            self.odd = self.odd or char in "$`<>"
            self.add(char, loose=True)
        return place + 1

    def escapes(self, char):
        """Tell whether a backslash in the open quote takes the meaning of a character away."""
        if self.quote == "'":
            return self.shell == "fish" and char in "'\\"
        return char in '"\\$' + ("" if self.shell == "fish" else "`")


def found(line):
    """Return the candidates for the end of a line, with what follows a lone one in an open quote."""
    words = line.words
    while len(words) > 1 and "=" in words[0]:  # variables for the command alone
        words = words[1:]
    if line.odd or len(words) < 2 or not words[-1].isprintable():
        return []
    known = candidates(words, line.quote)
    if line.quote and len(known) == 1 and known[0].end != WORD:
        return ahead(words, line.quote, known[0])
    return known


def ahead(words, quote, only):
    """Return what may follow a lone candidate, so that a shell inserts no more than that.

    Examples
    --------
    >>> only = Candidate("conv2d 3 pad=same", "pad=same", "", ITEM)
    >>> [each.value for each in ahead(["convcalc", "shape", "conv2d 3 pad=s"], "'", only)][:2]
    ['conv2d 3 pad=same k=', 'conv2d 3 pad=same s=']
    """
    stem = only.value + (" " if only.end == ITEM else "")
    if only.end == ARGUMENT:
        return [Candidate(stem + rest, only.tail + rest, only.help, ON) for rest in (", ", ")")]
    following = [each for each in candidates([*words[:-1], stem], quote) if each.value.startswith(stem)]
    following = [each for each in following if each.value != stem]
    if common([each.value for each in following]) != stem or len(following) < 2:
        rest = "| " if only.end == ITEM else " "
        following.append(Candidate(stem + rest, only.tail + rest, only.help, ON))
    if len(following) < 2:
        following.append(Candidate(stem, only.tail, only.help, ON))
    return following


def common(texts):
    """Return what all of some texts begin with.

    >>> common(["stride=1", "stride=2"])
    'stride='
    """
    first, last = min(texts, default=""), max(texts, default="")
    return next((first[:n] for n, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), first)


def ends(line, candidate):
    """Tell whether a blank follows a candidate at once."""
    if line.quote or candidate.end in (ON, ARGUMENT):
        return False
    # In a word of several, each blank behind a backslash, the network goes on in the same word.
    return candidate.end == WORD or " " not in candidate.value


def bash(line, known, breaks, listing):
    """Yield the words that readline puts in the place of what stands after the last of its `breaks`.

    With `listing`, what it shows and does not insert.
    """
    word = line.words[-1]
    if line.quote:
        cut = line.quoted
    else:
        # readline ends a word at an @ too, but takes it along.
        cut = max((n + (char != "@") for n, char in enumerate(word) if line.loose[n] and char in breaks), default=0)
    for each in known:
        if listing and len(known) > 1:
            yield f"{each.tail.strip()}  ({each.help})" if each.help and len(known) <= WIDE else each.tail
        elif each.value[:cut].lower() == word[:cut].lower():
            rest = each.value[cut:]
            yield escaped(rest, line.quote) + (" " if ends(line, each) else "")


def escaped(text, quote):
    r"""Return a text as it is typed in a quote of bash, or outside of one.

    >>> print(escaped("a b*", ""), escaped("it's", "'"), escaped('"$', '"'))
    a\ b\* it'\''s \"\$
    """
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote:
        return "".join(f"\\{char}" if char in '\\"$`' else char for char in text)
    return "".join(char if char in PLAIN or not char.isascii() else f"\\{char}" for char in text)


def zsh(line, known):
    """Yield lines of whether a blank follows, the word, and what a list shows; zsh quotes by itself."""
    width = max((len(each.tail) for each in known), default=0)
    for each in known:
        shown = f"{each.tail:<{width}}  -- {each.help}" if each.help else each.tail
        yield f"{int(ends(line, each))}\t{each.value}\t{shown}"


def fish(line, known):
    """Yield lines of the word and what is said of it; fish quotes and puts blanks by itself."""
    for each in known:
        yield f"{each.value}\t{each.help}" if each.help else each.value


def answer(argv):
    """Print what a shell asks for: ``completion SHELL --for LINE [--breaks CHARS] [--listing]``.

    Whatever goes wrong, a TAB prints nothing and the exit code is 0: a message would stand in the
    middle of what is being typed.
    """
    try:
        shell, text = argv[1], argv[3]
        if len(text) > LONGEST:
            return 0
        line = Line(text, shell)
        known = found(line)
        if shell == "bash":
            breaks = argv[argv.index("--breaks") + 1] if "--breaks" in argv else ""
            lines = bash(line, known, breaks, "--listing" in argv)
        else:
            lines = {"zsh": zsh, "fish": fish}[shell](line, known)
        sys.stdout.write("".join(f"{each}\n" for each in lines))
    except Exception:
        pass
    return 0

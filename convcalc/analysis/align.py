"""Which row of one network stands for which of another: by the names that people gave, then by order.

Rows between two that are paired by name are aligned so that as much as possible is alike: the
dynamic programme of Needleman and Wunsch (1970), over what rows are and not what they are called.
"""

from bisect import bisect_left

from convcalc.analysis.naming import snake

# What a pair of rows is worth, the rest of it equal: with sizes, with arguments, in kind alone.
SAME, SAME_SPEC, SAME_KIND = 4, 3, 2
# Cells of the table of one alignment; it is a second's work.
MOST_CELLS = 1_000_000


def align(a, b):
    """Return pairs ``(index in a, index in b)`` in order; None where a row has no counterpart.

    Parameters
    ----------
    a, b : sequence of LayerRow
    """
    places = {row.name: j for j, row in enumerate(b) if told(row)}
    named = [(i, places[row.name]) for i, row in enumerate(a) if told(row) and row.name in places]
    pairs = []
    for gap in gaps(rising(named), len(a), len(b)):
        pairs += gap if len(gap) == 1 else between(a, b, *gap)
    return pairs


def told(row):
    """Tell whether a row's name is one that someone gave, and no count of a framework's own."""
    name = row.name
    if name.rpartition(".")[2].isdigit():
        return False
    base, _, number = name.rpartition("_")
    stem = base if base and number.isdigit() else name
    return stem not in (row.type, snake(row.type))


def gaps(anchors, most_a, most_b):
    """Yield ``(i, stop_i, j, stop_j)`` of what lies between anchors, and each anchor as ``(pair,)``."""
    i = j = 0
    for pair in anchors:
        yield i, pair[0], j, pair[1]
        yield (pair,)
        i, j = pair[0] + 1, pair[1] + 1
    yield i, most_a, j, most_b


def rising(pairs):
    """Return the longest part of pairs, in order of their first, of which the second rises too.

    >>> rising([(0, 4), (1, 0), (2, 1), (3, 3)])
    [(1, 0), (2, 1), (3, 3)]
    """
    ends: list = []  # of the best chain of each length, the second of its last pair
    last: list = []  # and which pair that is
    before: list = []
    for at, (_, second) in enumerate(pairs):
        length = bisect_left(ends, second)
        if length == len(ends):
            ends.append(second)
            last.append(at)
        else:
            ends[length], last[length] = second, at
        before.append(last[length - 1] if length else None)
    chain = []
    link = last[-1] if last else None
    while link is not None:
        chain.append(pairs[link])
        link = before[link]
    return chain[::-1]


def between(a, b, i, stop_i, j, stop_j):
    """Return the pairs of two ranges of rows."""
    head: list = []
    while i < stop_i and j < stop_j and worth(a[i], b[j]) == SAME:
        head.append((i, j))
        i, j = i + 1, j + 1
    tail: list = []
    while i < stop_i and j < stop_j and worth(a[stop_i - 1], b[stop_j - 1]) == SAME:
        stop_i, stop_j = stop_i - 1, stop_j - 1
        tail.append((stop_i, stop_j))
    if (stop_i - i) * (stop_j - j) <= MOST_CELLS:
        middle = programme(a, b, i, stop_i, j, stop_j)
    else:
        middle = split(a, b, i, stop_i, j, stop_j)
    return [*head, *side_by_side(middle), *tail[::-1]]


def split(a, b, i, stop_i, j, stop_j):
    """Return the pairs of two long ranges: by the rows that each has once, in between by order alone."""
    once_a, once_b = once(a, i, stop_i), once(b, j, stop_j)
    shared = sorted((place, once_b[key]) for key, place in once_a.items() if key in once_b)
    pairs: list = []
    for gap in gaps(rising([(x - i, y - j) for x, y in shared]), stop_i - i, stop_j - j):
        if len(gap) == 1:
            pairs.append((gap[0][0] + i, gap[0][1] + j))
            continue
        low, high, first, last = gap[0] + i, gap[1] + i, gap[2] + j, gap[3] + j
        if (high - low) * (last - first) <= MOST_CELLS:
            pairs += programme(a, b, low, high, first, last)
        else:
            common = min(high - low, last - first)
            pairs += zip(range(low, low + common), range(first, first + common), strict=True)
            pairs += [(x, None) for x in range(low + common, high)] + [(None, y) for y in range(first + common, last)]
    return pairs


def once(rows, start, stop):
    """Return the place of each row in a range that is unlike all others there, by what it is."""
    places: dict = {}
    for place in range(start, stop):
        key = rows[place].spec, rows[place].output_shape
        places[key] = None if key in places else place
    return {key: place for key, place in places.items() if place is not None}


def worth(x, y):
    """Return what it is worth to pair two rows, 0 where they are of different kinds."""
    if x.spec == y.spec:
        return SAME if x.output_shape == y.output_shape else SAME_SPEC
    # The first word is a layer's in every framework.
    return SAME_KIND if x.spec.split(" ", 1)[0] == y.spec.split(" ", 1)[0] else 0


def programme(a, b, i, stop_i, j, stop_j):
    """Return the pairs of two ranges that are worth the most."""
    width = stop_j - j
    best = [0] * (width + 1)
    ways = []
    for x in range(i, stop_i):
        row, diagonal = a[x], 0
        way = bytearray(width + 1)  # 0 leaves out a row of a, 1 one of b, 2 pairs the two
        for y in range(1, width + 1):
            above, left = best[y], best[y - 1]
            gain = worth(row, b[j + y - 1])
            if gain and diagonal + gain >= above and diagonal + gain >= left:
                best[y], way[y] = diagonal + gain, 2
            elif left > above:
                best[y], way[y] = left, 1
            diagonal = above
        ways.append(way)
    pairs: list = []
    x, y = stop_i - i, width
    while x or y:
        step = ways[x - 1][y] if x and y else 0 if x else 1
        pairs.append((i + x - 1 if step != 1 else None, j + y - 1 if step else None))
        x, y = x - (step != 1), y - (step > 0)
    return pairs[::-1]


def side_by_side(pairs):
    """Return pairs in which as many rows of one as of the other, without counterparts, are each other's.

    >>> side_by_side([(0, 0), (1, None), (None, 1), (2, 2), (3, None)])
    [(0, 0), (1, 1), (2, 2), (3, None)]
    """
    out: list = []
    only_a: list = []
    only_b: list = []
    for i, j in [*pairs, (None, None)]:
        if j is None and i is not None:
            only_a.append(i)
        elif i is None and j is not None:
            only_b.append(j)
        else:
            if len(only_a) == len(only_b):
                out += zip(only_a, only_b, strict=True)
            else:
                out += [(one, None) for one in only_a] + [(None, one) for one in only_b]
            only_a, only_b = [], []
            out.append((i, j))
    return out[:-1]

"""The order of an ONNX graph: what makes each tensor, what is needed for the outputs, each node after what feeds it."""

from heapq import heapify, heappop, heappush

from convcalc.readers.onnx.tensors import shown


def captured(node):
    """Return the names that the graphs within a node take from outside of them."""
    found: set = set()
    todo: list = [(body, frozenset()) for body in node.bodies]
    while todo:
        graph, around = todo.pop()
        own = around | {value.name for value in graph.inputs} | graph.tensors.keys()
        own |= {name for inner in graph.nodes for name in inner.outputs}
        wanted = {name for inner in graph.nodes for name in inner.inputs} | {value.name for value in graph.outputs}
        found |= wanted - own - {""}
        todo += [(body, own) for inner in graph.nodes for body in inner.bodies]
    return sorted(found)


def makers(graph, wire):
    """Return which node makes each tensor; refuse two that make one."""
    found: dict = {}
    taken = graph.tensors.keys() | {value.name for value in graph.inputs}
    for index, node in enumerate(graph.nodes):
        for name in node.outputs:
            if name and (name in found or name in taken):
                raise wire.damaged(f"the tensor {shown(name)} is made twice")
            found[name] = index
    found.pop("", None)
    return found


def ordered(graph, wire):
    """Return ``(order, maker)``: indices of the nodes that the outputs need, and which node makes each tensor.

    Raises
    ------
    FileError
        For a tensor that nothing makes, and for nodes that feed themselves.
    """
    maker = makers(graph, wire)
    there = graph.tensors.keys() | {value.name for value in graph.inputs}
    wanted: list = []
    needs: dict = {}
    for value in graph.outputs:
        if value.name in maker:
            wanted.append(maker[value.name])
        elif value.name not in there:
            raise wire.damaged(f"nothing makes its output {shown(value.name)}")
    while wanted:
        index = wanted.pop()
        if index in needs:
            continue
        node = graph.nodes[index]
        own = needs[index] = set()
        for name in (*node.inputs, *(captured(node) if node.bodies else ())):
            if name in maker:
                own.add(maker[name])
            elif name and name not in there:
                raise wire.damaged(f"nothing makes {shown(name)}, which the node {shown(node.name or node.op)} takes")
        wanted += own
    return sorted_by_need(graph, needs, wire), maker


def sorted_by_need(graph, needs, wire):
    """Return the nodes each after those that it needs, otherwise in the file's order."""
    followers: dict = {}
    missing = {}
    for index, own in needs.items():
        missing[index] = len(own)
        for need in own:
            followers.setdefault(need, []).append(index)
    ready = [index for index, count in missing.items() if not count]
    heapify(ready)
    order: list = []
    while ready:
        index = heappop(ready)
        order.append(index)
        for follower in followers.get(index, ()):
            missing[follower] -= 1
            if not missing[follower]:
                heappush(ready, follower)
    if len(order) < len(needs):
        node = graph.nodes[min(index for index, count in missing.items() if count)]
        raise wire.damaged(f"the node {shown(node.name or node.op)} feeds itself")
    return order

"""ONNX files into networks: bytes to messages, messages to a graph, its nodes to calls; no weight is ever read."""

"""The spec language: text with positions in, calls out. Nothing here knows sizes, files or arrays."""

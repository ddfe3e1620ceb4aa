"""The spec language: text with positions in, calls out. Nothing here knows sizes, files or arrays."""

from convcalc.spec.parse import parse as parse

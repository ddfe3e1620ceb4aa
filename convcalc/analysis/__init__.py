"""Calls and shapes to a report. Knows no text, no file and no arrays."""

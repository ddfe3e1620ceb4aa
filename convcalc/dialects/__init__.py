"""Each framework's own rules: its arguments turned into windows."""

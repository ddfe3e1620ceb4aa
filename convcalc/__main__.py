"""``python -m convcalc``."""

from convcalc.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())

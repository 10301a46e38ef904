"""`python -m kernel.embedded run` and `… clean`: what the Makefile calls."""

import os
import sys


def main() -> int:
    """Run the command named on the command line; its exit code."""
    try:
        # Inside, so that Ctrl-C while Python still loads ends in silence too.
        from kernel.embedded.launcher import ROOT, Launcher, clean

        if sys.argv[1:] == ["clean"]:
            return clean(ROOT)
        return Launcher(ROOT, os.environ).run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

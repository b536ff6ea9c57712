"""`python -m voice_coach` is `voice-coach`."""

import sys

from voice_coach.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

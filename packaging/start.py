"""What the bundle starts: the same entry as `facelab`."""

import sys

from facelab.__main__ import main

sys.exit(main())

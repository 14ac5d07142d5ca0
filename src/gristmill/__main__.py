"""`python -m gristmill` is `gristmill`."""

from __future__ import annotations

import sys

from gristmill.cli import main

sys.exit(main())

"""Speed, as ratios between alternatives timed in one run: `python -m benchmarks.NAME`.

Each runs in a process that is set up as the app's.
"""

import interface.system  # before torch, as in app.py

interface.system.prefer_small()

"""Speed, as ratios between alternatives timed in one run: `python -m benchmarks.NAME`.

Each runs in a process that is set up as the app's.
"""

import interface.engine.memory  # before torch, as in app.py

interface.engine.memory.prefer_small()

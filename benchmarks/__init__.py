"""Speed, as ratios between alternatives timed in one run: `python -m benchmarks.NAME`."""

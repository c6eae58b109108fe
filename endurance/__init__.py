"""What holds when things go wrong, run for long: kills, load, damaged files, lost machines.

Run each as `python -m endurance.NAME`.
"""

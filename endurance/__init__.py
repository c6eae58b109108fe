"""What still works when things go wrong, in long runs: kills, load, damaged files, lost machines.

Run each as `python -m endurance.NAME`.
"""

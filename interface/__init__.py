"""The page: tabs/ are its tabs, pictures/ what they draw, static/ its scripts and style."""

"""The pictures that the tabs draw."""

"""HTML and pictures from what the engine answers."""

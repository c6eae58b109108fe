"""What is measured of trained networks: the study, its claims and plots, and the other pages."""

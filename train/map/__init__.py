"""When does colour turn to sepia? The second study: a map of it over photos and epochs.

design     which regimes are trained, in which order, and why
run        trains and measures them, resumably: `python -m train map`
table      its one CSV, and how to look things up in it
rules      when a question is answered, and how: written down before there were results
questions  the questions, each as one difference in every regime that can show it
ratio      whether the ratio of photos to weights decides where an answer holds
picture    the map itself, as one SVG
page       the map's part of the study's page
app_data   what the app shows of the map
seconds    what a training epoch costs, and what makes it cost more from one to the next
"""

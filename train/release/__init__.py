"""From a finished run into the app, and to the Hugging Face Hub.

ship     chosen epochs of a run into the app
card     their model card, from what the checkpoints record
publish  checkpoints to a model repository, or the app to a Space
"""

"""From a finished run into the app, and to the Hugging Face Hub: ship, publish."""

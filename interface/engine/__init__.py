"""What the page computes and keeps, without Gradio and without HTML."""

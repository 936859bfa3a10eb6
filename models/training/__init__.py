"""Training of the embedded base model: see README.md. Not imported by the application."""

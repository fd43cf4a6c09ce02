"""The back office, rendered by Flask-Admin."""

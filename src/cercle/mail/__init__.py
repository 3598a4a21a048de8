"""Reminders by e-mail: what is due, how it is said, and how it goes."""

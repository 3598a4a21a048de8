"""What every page is made with: languages, templates, and the visit of one person to one circle."""

"""Licences as data: their identifiers, names, urls and texts, and where packages state them."""

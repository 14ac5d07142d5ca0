"""Stands here so that pytest puts this folder on the path: tests share the modules in it."""

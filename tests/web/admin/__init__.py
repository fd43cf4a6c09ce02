"""Tests of the back office: its bases, its lists, the people, the approval desk."""

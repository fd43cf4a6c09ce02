"""Where it is kept: the only package that knows peewee."""

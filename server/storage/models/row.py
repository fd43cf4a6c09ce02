"""What all tables share: bound to the one open database, named as they are called."""

from peewee import Model


class Row(Model):
    """A row of a table; it leaves ``server.storage`` only for the back office's lists."""

    class Meta:
        legacy_table_names = False

"""People: accounts, grants, sessions, tokens, one-time codes, failed sign-ins."""

from peewee import BigAutoField, BigIntegerField, BooleanField, ForeignKeyField, TextField

from server.storage.fields import CodeField, DayField, InstantField
from server.storage.models.org_units import OrgUnitRow
from server.storage.models.row import Row


class AccountRow(Row):
    """A person who may sign in."""

    id = TextField(primary_key=True)
    username = TextField()
    username_folded = TextField(unique=True)  # NFKC and case-folded: nobody can look like another
    name = TextField()
    folded = TextField()
    sort_key = TextField()
    email = TextField(null=True)
    org_unit = ForeignKeyField(OrgUnitRow, null=True, on_delete="RESTRICT", backref="accounts")
    password_hash = TextField(null=True)
    active = BooleanField(default=True)
    must_change = BooleanField(default=False)
    created_at = InstantField()
    edit = BigIntegerField(default=1)

    class Meta:
        table_name = "account"


class AccountGrantRow(Row):
    """A role of an account at an org unit, from a day to a day."""

    id = BigAutoField()
    account = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="grants")
    role = CodeField()
    org_unit = ForeignKeyField(OrgUnitRow, on_delete="RESTRICT", backref="grants")
    valid_from = DayField(null=True)
    valid_to = DayField(null=True)
    edit = BigIntegerField(default=1)
    personal = BooleanField(default=False)
    manages = BooleanField(default=False)

    class Meta:
        table_name = "account_grant"


class SessionRow(Row):
    """A signed-in browser, known by the hash of its secret."""

    token_hash = TextField(primary_key=True)
    account = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="sessions")
    opened_at = InstantField()
    seen_at = InstantField()
    expires_at = InstantField()
    address = TextField(default="")
    agent = TextField(default="")

    class Meta:
        table_name = "session"


class ApiTokenRow(Row):
    """A machine's way in on behalf of an account, known by the hash of its secret."""

    id = BigAutoField()
    token_hash = TextField(unique=True)
    account = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="tokens")
    name = TextField()
    created_at = InstantField()
    ended_at = InstantField(null=True)

    class Meta:
        table_name = "api_token"


class OneTimeCodeRow(Row):
    """A printed code with which a person sets the first password, once."""

    code_hash = TextField(primary_key=True)
    account = ForeignKeyField(AccountRow, on_delete="RESTRICT", backref="codes")
    expires_at = InstantField()
    used_at = InstantField(null=True)

    class Meta:
        table_name = "one_time_code"


class SignInFailureRow(Row):
    """A wrong password or code; counted per name and per address."""

    id = BigAutoField()
    key = TextField()
    failed_at = InstantField()

    class Meta:
        table_name = "sign_in_failure"
        indexes = ((("key", "failed_at"), False),)

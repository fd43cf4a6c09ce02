"""What every part of the application stands on: settings, clock, stores, catalogue, accounts."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from argon2 import PasswordHasher

from server.composition.stores import Stores
from server.core.ports import Clock, NewId, Transaction
from server.hooks.manager import Plugins
from server.machine import IdMaker, new_code, new_secret
from server.services.accounts import Accounts, SessionRules
from server.services.catalogue import Catalogue
from server.services.meta_schemas import meta_schemas
from server.services.reference import Reference
from server.services.review import Reviewer
from server.services.scope import Scope
from server.settings import Settings
from server.storage.attachments import AttachmentFiles
from server.storage.database import Database

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ground:
    """Shared by all parts; catalogue and reference data keep caches, so there is one of each."""

    settings: Settings
    clock: Clock
    new_id: NewId
    transaction: Transaction
    plugins: Plugins
    stores: Stores
    reference: Reference
    scope: Scope
    catalogue: Catalogue
    reviewer: Reviewer
    accounts: Accounts

    @classmethod
    def laid(cls, settings: Settings, clock: Clock, database: Database) -> "Ground":
        new_id, transaction = IdMaker(clock), database.transaction
        stores = Stores.over(database, new_id)
        reference = Reference(
            stores.org_units,
            stores.holidays,
            stores.directory,
            stores.unit_groups,
            stores.events,
            transaction,
            clock,
        )
        catalogue = Catalogue(
            stores.catalogue, stores.events, reference, transaction, clock, meta_schemas(ROOT)
        )
        scope = Scope(reference)
        reviewer = Reviewer(
            catalogue,
            reference,
            scope,
            stores.submissions,
            stores.obligations,
            stores.records,
            stores.parts,
            stores.events,
        )
        return cls(
            settings=settings,
            clock=clock,
            new_id=new_id,
            transaction=transaction,
            plugins=Plugins.load(
                settings.plugins.enabled, settings.plugins.options, ROOT / "plugins"
            ),
            stores=stores,
            reference=reference,
            scope=scope,
            catalogue=catalogue,
            reviewer=reviewer,
            accounts=_accounts(settings, clock, stores, transaction, new_id),
        )

    @property
    def demo(self) -> bool:
        return self.settings.demo.enabled

    @property
    def var(self) -> Path:
        return Path(self.settings.files.var)

    @property
    def results(self) -> Path:
        """Where exports and prints are put until they are fetched."""
        return self.var / "results"

    @property
    def attachment_files(self) -> AttachmentFiles:
        directory = self.settings.attachments.directory
        return AttachmentFiles(self.var / directory)  # an absolute one wins

    @property
    def mail_domain(self) -> str:
        """The right side of every Message-ID."""
        return urlsplit(self.settings.server.public_url).hostname or "localhost"


def _accounts(
    settings: Settings, clock: Clock, stores: Stores, transaction: Transaction, new_id: NewId
) -> Accounts:
    security = settings.security
    hasher = PasswordHasher(
        time_cost=security.argon2_time,
        memory_cost=security.argon2_memory_kib,
        parallelism=security.argon2_parallelism,
    )
    return Accounts(
        store=stores.accounts,
        delegations=stores.delegations,
        events=stores.events,
        transaction=transaction,
        clock=clock,
        new_id=new_id,
        new_secret=new_secret,
        new_code=new_code,
        hasher=hasher,
        rules=SessionRules(
            idle=timedelta(minutes=security.session_idle_minutes),
            absolute=timedelta(hours=security.session_hours),
            tries=security.sign_in_tries,
            password_min_length=security.password_min_length,
        ),
        # Checked for unknown names, so that they cost the same time as known ones.
        dummy_hash=hasher.hash(secrets.token_urlsafe(16)),
    )

"""Puts the pages of the back office together and gives each its address.

Apart from the package itself, which may not import the tables.
"""

from flask import Flask
from flask_admin import Admin

from server.storage import models
from server.web.admin.accounts import AccountView
from server.web.admin.approvals import ApprovalDesk
from server.web.admin.assignments import AssignmentView
from server.web.admin.audit import AuditView
from server.web.admin.codelist_editor import CodeListEditor
from server.web.admin.codelists import CodeListView
from server.web.admin.definition_carrying import DraftCarrying
from server.web.admin.definition_conflicts import DraftConflicts
from server.web.admin.definition_drafts import DraftList
from server.web.admin.definition_editor import DraftEditor
from server.web.admin.definition_impact import DraftImpact
from server.web.admin.definition_life import DefinitionLife
from server.web.admin.definition_schema import SchemaStart
from server.web.admin.definition_table import TableStart
from server.web.admin.definition_trials import DraftTrials
from server.web.admin.delegations import DelegationView
from server.web.admin.directory import ContactView, OwnerView
from server.web.admin.forms import FormView
from server.web.admin.holidays import HolidayView
from server.web.admin.indicator_proposals import IndicatorProposals
from server.web.admin.indicators import IndicatorView
from server.web.admin.mails import MailView
from server.web.admin.org_units import OrgUnitView
from server.web.admin.overview import Overview
from server.web.admin.plugins import PluginPage
from server.web.admin.reminder_days import BackgroundPage, ReminderDayPage
from server.web.admin.reminder_plans import ReminderPlanPage
from server.web.admin.rounds import RoundView
from server.web.admin.unit_groups import UnitGroupPage
from server.web.admin.villages import VillageView
from server.web.admin.workflow_trials import WorkflowTrials
from server.web.admin.workflows import WorkflowView

ADDRESS = "/admin"


def install(app: Flask) -> Admin:
    """Add all pages to *app*, which has its services already."""
    start = Overview(name="", endpoint="admin", url=ADDRESS)
    admin = Admin(app, name="", url=ADDRESS, endpoint="admin", index_view=start)
    admin.add_views(
        ApprovalDesk(name="", endpoint="approvals"),
        RoundView(models.RoundRow, "", endpoint="rounds"),
        AssignmentView(models.AssignmentRuleRow, "", endpoint="assignments"),
        ContactView(models.UnitContactRow, "", endpoint="contacts"),
        OwnerView(models.FormOwnerRow, "", endpoint="owners"),
        IndicatorProposals(name="", endpoint="indicator_proposals", url="indicator-proposals"),
        IndicatorView(models.IndicatorRow, "", endpoint="indicators"),
        FormView(models.FormVersionRow, "", endpoint="forms"),
        WorkflowView(models.WorkflowVersionRow, "", endpoint="workflows"),
        DraftList(name="", endpoint="definition_drafts", url="definition-drafts"),
        DraftEditor(name="", endpoint="definition_editor", url="definition-editor"),
        DraftTrials(name="", endpoint="definition_trials", url="definition-trials"),
        WorkflowTrials(name="", endpoint="workflow_trials", url="workflow-trials"),
        DraftImpact(name="", endpoint="definition_impact", url="definition-impact"),
        DraftCarrying(name="", endpoint="definition_carrying", url="definition-carrying"),
        DraftConflicts(name="", endpoint="definition_conflicts", url="definition-conflicts"),
        DefinitionLife(name="", endpoint="definition_life", url="definition-life"),
        TableStart(name="", endpoint="definition_table", url="definition-table"),
        SchemaStart(name="", endpoint="definition_schema", url="definition-schema"),
        OrgUnitView(models.OrgUnitStretchRow, "", endpoint="org_units", url="org-units"),
        UnitGroupPage(name="", endpoint="unit_groups", url="unit-groups"),
        VillageView(models.VillageRow, "", endpoint="villages"),
        CodeListView(models.CodeListVersionRow, "", endpoint="codelists"),
        CodeListEditor(name="", endpoint="codelist_editor", url="codelist-editor"),
        HolidayView(models.HolidayRow, "", endpoint="holidays"),
        AccountView(models.AccountRow, "", endpoint="accounts_admin", url="accounts"),
        DelegationView(models.DelegationRow, "", endpoint="delegations_admin", url="delegations"),
        PluginPage(name="", endpoint="plugins"),
        ReminderPlanPage(name="", endpoint="reminder_plans", url="reminder-plans"),
        ReminderDayPage(name="", endpoint="reminder_days", url="reminder-days"),
        BackgroundPage(name="", endpoint="background"),
        MailView(models.MailRow, "", endpoint="sent_mails", url="mails"),
        AuditView(models.EventRow, "", endpoint="audit"),
    )
    return admin

"""What is stored: shape, constraints, small facts. One file per noun family."""

from dueline.models.accounts import Account, Attempt, SignInLink
from dueline.models.agents import Agent
from dueline.models.attachments import Attachment
from dueline.models.audit import AuditEntry
from dueline.models.calendars import Calendar, CalendarDraft, CalendarVersion
from dueline.models.calls import (
    ContactNumber,
    PhoneCall,
    PhoneWebhook,
    TakenCallback,
    Voicemail,
)
from dueline.models.cases import (
    IS_OPEN,
    NOTHING_OWED,
    Case,
    Commitment,
    Event,
    Message,
    Note,
    Question,
    QuestionEntry,
)
from dueline.models.contacts import Contact, ContactChange
from dueline.models.contracts import Contract
from dueline.models.debits import Debit
from dueline.models.desk import Desk, Heartbeat
from dueline.models.drafts import Draft, DraftFile, ReplyTemplate
from dueline.models.forms import SentForm
from dueline.models.guides import GuideEdition
from dueline.models.held_requests import HeldFile, HeldRequest
from dueline.models.inbox import InboxItem, RawItem
from dueline.models.mailboxes import Mailbox, MailWebhook
from dueline.models.on_call import Rota, RotaLayer, RotaMember, RotaOverride, RotaShift
from dueline.models.organizations import Installation, Organization
from dueline.models.outbox import OutboxItem
from dueline.models.paging import (
    Alarm,
    Page,
    PageAttempt,
    PageDestination,
    Paging,
    PagingChain,
    PagingStep,
)
from dueline.models.policies import Policy, PolicyDraft, PolicyVersion
from dueline.models.problems import Problem
from dueline.models.sheets import EmergencySheet
from dueline.models.watchers import Watcher

__all__ = [
    "IS_OPEN",
    "NOTHING_OWED",
    "Account",
    "Agent",
    "Alarm",
    "Attachment",
    "Attempt",
    "AuditEntry",
    "Calendar",
    "CalendarDraft",
    "CalendarVersion",
    "Case",
    "Commitment",
    "Contact",
    "ContactChange",
    "ContactNumber",
    "Contract",
    "Debit",
    "Desk",
    "Draft",
    "DraftFile",
    "EmergencySheet",
    "Event",
    "GuideEdition",
    "Heartbeat",
    "HeldFile",
    "HeldRequest",
    "InboxItem",
    "Installation",
    "MailWebhook",
    "Mailbox",
    "Message",
    "Note",
    "Organization",
    "OutboxItem",
    "Page",
    "PageAttempt",
    "PageDestination",
    "Paging",
    "PagingChain",
    "PagingStep",
    "PhoneCall",
    "PhoneWebhook",
    "Policy",
    "PolicyDraft",
    "PolicyVersion",
    "Problem",
    "Question",
    "QuestionEntry",
    "RawItem",
    "ReplyTemplate",
    "Rota",
    "RotaLayer",
    "RotaMember",
    "RotaOverride",
    "RotaShift",
    "SentForm",
    "SignInLink",
    "TakenCallback",
    "Voicemail",
    "Watcher",
]

"""first

Revision ID: 0001
Revises: 
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('beat',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('process_id', sa.Integer(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('message', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('beat_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('case_clock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('running', sa.Boolean(), nullable=False),
    sa.Column('stands_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('counter',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('document',
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('media_type', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('digest')
    )
    op.create_table('event',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_seq', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('actor_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('role', sa.Enum('officer', 'supervisor', 'engine', name='role', native_enum=False, length=24), nullable=False),
    sa.Column('noun', sa.Enum('recovery', 'claim', 'asset', 'hold', 'request', 'allocation', 'payout', 'call', 'approval', 'trace', 'statement', 'note', 'partner', 'officer', name='noun', native_enum=False, length=24), nullable=False),
    sa.Column('subject_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('event', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('old_state', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=True),
    sa.Column('new_state', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('values_json', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
    sa.Column('legal_basis', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('previous_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq')
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('ix_event_recovery', ['recovery_id', 'seq'], unique=False)

    op.create_table('officer',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('handle', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('roles', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('os_user', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('secret_hash', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('handle')
    )
    with op.batch_alter_table('officer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_officer_os_user'), ['os_user'], unique=False)

    op.create_table('partner',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('regime', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('home', sa.Boolean(), nullable=False),
    sa.Column('base_url', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('token_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('feed_reached_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('feed_due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('feed_interval_seconds', sa.Integer(), nullable=False),
    sa.Column('last_answer_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('last_error', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('party',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('name_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contact_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('recovery',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('ref', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('regime', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('state', sa.Enum('reported', 'open', 'joined', 'rejected', 'closed_returned', 'closed_partial', 'closed_no_recovery', name='recoverystate', native_enum=False, length=24), nullable=False),
    sa.Column('owner_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('reported_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('case_number', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('method', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('tracing_rule', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('trace_wanted', sa.Boolean(), nullable=False),
    sa.Column('joined_into', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('closed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('freezing', 'tracing', 'cross_border', 'restitution', 'closed', name='stage', native_enum=False, length=24), nullable=False),
    sa.Column('step_action', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('step_role', sa.Enum('officer', 'supervisor', 'engine', name='role', native_enum=False, length=24), nullable=False),
    sa.Column('step_subject', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('step_sentence', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('wake_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('ref')
    )
    with op.batch_alter_table('recovery', schema=None) as batch_op:
        batch_op.create_index('ix_recovery_queue', ['state', 'due_at', 'id'], unique=False)
        batch_op.create_index('ix_recovery_wake', ['wake_at', 'id'], unique=False)

    op.create_table('account',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('partner_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('number_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('tail', sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
    sa.Column('holder_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_partner_id'), ['partner_id'], unique=False)

    op.create_table('approval',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('subject_noun', sa.Enum('recovery', 'claim', 'asset', 'hold', 'request', 'allocation', 'payout', 'call', 'approval', 'trace', 'statement', 'note', 'partner', 'officer', name='noun', native_enum=False, length=24), nullable=False),
    sa.Column('subject_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('action', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('subject_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('state', sa.Enum('pending', 'approved', 'denied', 'void', name='approvalstate', native_enum=False, length=24), nullable=False),
    sa.Column('asked_by', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('decided_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('authority', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('post_hoc', sa.Boolean(), nullable=False),
    sa.Column('alarmed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['officer.id'], ),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_approval_recovery_id'), ['recovery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_approval_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_approval_subject_id'), ['subject_id'], unique=False)

    op.create_table('note',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('author_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('written_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('text_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['officer.id'], ),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_recovery_id'), ['recovery_id'], unique=False)

    op.create_table('posting',
    sa.Column('event_seq', sa.Integer(), nullable=False),
    sa.Column('leg', sa.Integer(), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('account', sa.Enum('reported', 'held', 'returned_hold', 'returned_recall', 'returned_voluntary', 'third_party', 'gone', 'located', 'not_located', 'not_upheld', 'memo_excess', 'memo_exchange', 'memo_cost', 'memo_bank', name='ledgeraccount', native_enum=False, length=24), nullable=False),
    sa.Column('asset_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('hold_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('claim_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('detail', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('claim_minor', sa.BigInteger(), nullable=False),
    sa.Column('claim_currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('asset_minor', sa.BigInteger(), nullable=False),
    sa.Column('asset_currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.ForeignKeyConstraint(['event_seq'], ['event.seq'], ),
    sa.PrimaryKeyConstraint('event_seq', 'leg')
    )
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.create_index('ix_posting_balance', ['recovery_id', 'account', 'claim_currency', 'claim_minor'], unique=False)
        batch_op.create_index(batch_op.f('ix_posting_hold_id'), ['hold_id'], unique=False)

    op.create_table('trace',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('rule', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('as_of', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('result_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('result_json', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('trace', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trace_recovery_id'), ['recovery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_trace_state'), ['state'], unique=False)

    op.create_table('asset',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('partner_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('home', sa.Boolean(), nullable=False),
    sa.Column('regime', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('stage', sa.Enum('freezing', 'tracing', 'cross_border', 'restitution', 'closed', name='stage', native_enum=False, length=24), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('traced_minor', sa.BigInteger(), nullable=False),
    sa.Column('traced_claim_minor', sa.BigInteger(), nullable=False),
    sa.Column('statement_to', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('title_checked_by', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('left_alone', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('shared_decision', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], ),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], ),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('recovery_id', 'account_id')
    )
    with op.batch_alter_table('asset', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asset_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_recovery_id'), ['recovery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_stage'), ['stage'], unique=False)

    op.create_table('claim',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('external_ref', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('state', sa.Enum('filed', 'verified', 'rejected', 'paid', name='claimstate', native_enum=False, length=24), nullable=False),
    sa.Column('party_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('victim_account_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('victim_partner_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('payee_account_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('payout_account_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('reported_minor', sa.BigInteger(), nullable=False),
    sa.Column('upheld_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('end_to_end_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('paid_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('reported_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('statement_to', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], ),
    sa.ForeignKeyConstraint(['payee_account_id'], ['account.id'], ),
    sa.ForeignKeyConstraint(['payout_account_id'], ['account.id'], ),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.ForeignKeyConstraint(['victim_account_id'], ['account.id'], ),
    sa.ForeignKeyConstraint(['victim_partner_id'], ['partner.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('external_ref')
    )
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_payee_account_id'), ['payee_account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_recovery_id'), ['recovery_id'], unique=False)

    op.create_table('statement',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('covers_from', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('covers_to', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('opening_minor', sa.BigInteger(), nullable=False),
    sa.Column('closing_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('line_count', sa.Integer(), nullable=False),
    sa.Column('lines_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('document_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('statement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_statement_account_id'), ['account_id'], unique=False)

    op.create_table('statement_line',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('booked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('direction', sa.Enum('credit', 'debit', name='direction', native_enum=False, length=24), nullable=False),
    sa.Column('kind', sa.Enum('transfer', 'cash', 'card', 'fee', 'exchange', 'payout', name='linekind', native_enum=False, length=24), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('counter_account_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('counter_minor', sa.BigInteger(), nullable=True),
    sa.Column('counter_currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('end_to_end_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('statement_line', schema=None) as batch_op:
        batch_op.create_index('ix_line_account_time', ['account_id', 'booked_at', 'seq'], unique=False)

    op.create_table('allocation',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('asset_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('round_number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'notice', 'notice_ended', 'pending_approval', 'approved', 'paid', 'void', name='allocationstate', native_enum=False, length=24), nullable=False),
    sa.Column('method', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('formula', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('pool_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('notice_from', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('notice_to', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('decision_ref', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('drafted_by', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], ),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_allocation_asset_id'), ['asset_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_allocation_recovery_id'), ['recovery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_allocation_state'), ['state'], unique=False)

    op.create_table('call',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('asset_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('partner_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('kind', sa.Enum('hold', 'request', 'release', 'statement', 'payout', name='callkind', native_enum=False, length=24), nullable=False),
    sa.Column('noun', sa.Enum('recovery', 'claim', 'asset', 'hold', 'request', 'allocation', 'payout', 'call', 'approval', 'trace', 'statement', 'note', 'partner', 'officer', name='noun', native_enum=False, length=24), nullable=False),
    sa.Column('subject_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('approval_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('requester', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('path_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('body_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('body_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('state', sa.Enum('planned', 'sent', 'unknown', 'answered', 'refused', 'cancelled', name='callstate', native_enum=False, length=24), nullable=False),
    sa.Column('planned_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('not_before', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('sent_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('answered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('answer_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('retry_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('last_error', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('lease_owner', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('lease_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], ),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], ),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.create_index('ix_call_open', ['state', 'partner_id', 'retry_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_call_recovery_id'), ['recovery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_call_subject_id'), ['subject_id'], unique=False)

    op.create_table('hold',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('asset_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('kind', sa.Enum('stop', 'freeze', 'queue', 'voluntary', name='holdkind', native_enum=False, length=24), nullable=False),
    sa.Column('state', sa.Enum('draft', 'pending_approval', 'ordered', 'stopped', 'frozen', 'queued', 'rejected_by_bank', 'no_funds', 'lapsed', 'superseded', 'release_pending', 'released', 'disposed', 'denied', 'cancelled', name='holdstate', native_enum=False, length=24), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('requested_minor', sa.BigInteger(), nullable=False),
    sa.Column('held_minor', sa.BigInteger(), nullable=False),
    sa.Column('bank_ref', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('bank_revision', sa.Integer(), nullable=False),
    sa.Column('bank_said_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('ordered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('acted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('supersedes_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('request_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('repeat_number', sa.Integer(), nullable=False),
    sa.Column('law_row', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('authority', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('drafted_by', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], ),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hold_asset_id'), ['asset_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hold_recovery_id'), ['recovery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hold_state'), ['state'], unique=False)

    op.create_table('request',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('asset_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('partner_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('state', sa.Enum('draft', 'pending_approval', 'approved', 'sent', 'acknowledged', 'executed', 'partially_executed', 'refused', 'needs_info', 'denied', name='requeststate', native_enum=False, length=24), nullable=False),
    sa.Column('requested_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('fields_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('fields_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('missing', sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False),
    sa.Column('drafted_by', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('sent_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('answered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], ),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], ),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_request_asset_id'), ['asset_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_recovery_id'), ['recovery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_state'), ['state'], unique=False)

    op.create_table('payout',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('recovery_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('allocation_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('asset_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('claim_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('hold_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('payee_account_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('state', sa.Enum('prepared', 'instructed', 'settled', 'refused', 'returned', 'cancelled', name='payoutstate', native_enum=False, length=24), nullable=False),
    sa.Column('bank_ref', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('bank_revision', sa.Integer(), nullable=False),
    sa.Column('debited_minor', sa.BigInteger(), nullable=False),
    sa.Column('debited_currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('booking_ref', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('settled_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['allocation_id'], ['allocation.id'], ),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], ),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], ),
    sa.ForeignKeyConstraint(['hold_id'], ['hold.id'], ),
    sa.ForeignKeyConstraint(['payee_account_id'], ['account.id'], ),
    sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('payout', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payout_allocation_id'), ['allocation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payout_asset_id'), ['asset_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payout_claim_id'), ['claim_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payout_recovery_id'), ['recovery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payout_state'), ['state'], unique=False)

    _make_append_only("event", "posting")


def _make_append_only(*tables: str) -> None:
    """History is only added to: the database itself refuses to change or remove a row."""
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN "
            "RAISE EXCEPTION 'history is append-only'; END $$ LANGUAGE plpgsql"
        )
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            body = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
                if dialect == "sqlite"
                else f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(body)


def downgrade() -> None:
    with op.batch_alter_table('payout', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payout_state'))
        batch_op.drop_index(batch_op.f('ix_payout_recovery_id'))
        batch_op.drop_index(batch_op.f('ix_payout_claim_id'))
        batch_op.drop_index(batch_op.f('ix_payout_asset_id'))
        batch_op.drop_index(batch_op.f('ix_payout_allocation_id'))

    op.drop_table('payout')
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_request_state'))
        batch_op.drop_index(batch_op.f('ix_request_recovery_id'))
        batch_op.drop_index(batch_op.f('ix_request_asset_id'))

    op.drop_table('request')
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hold_state'))
        batch_op.drop_index(batch_op.f('ix_hold_recovery_id'))
        batch_op.drop_index(batch_op.f('ix_hold_asset_id'))

    op.drop_table('hold')
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_subject_id'))
        batch_op.drop_index(batch_op.f('ix_call_recovery_id'))
        batch_op.drop_index('ix_call_open')

    op.drop_table('call')
    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_allocation_state'))
        batch_op.drop_index(batch_op.f('ix_allocation_recovery_id'))
        batch_op.drop_index(batch_op.f('ix_allocation_asset_id'))

    op.drop_table('allocation')
    with op.batch_alter_table('statement_line', schema=None) as batch_op:
        batch_op.drop_index('ix_line_account_time')

    op.drop_table('statement_line')
    with op.batch_alter_table('statement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_statement_account_id'))

    op.drop_table('statement')
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_claim_recovery_id'))
        batch_op.drop_index(batch_op.f('ix_claim_payee_account_id'))

    op.drop_table('claim')
    with op.batch_alter_table('asset', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_stage'))
        batch_op.drop_index(batch_op.f('ix_asset_recovery_id'))
        batch_op.drop_index(batch_op.f('ix_asset_account_id'))

    op.drop_table('asset')
    with op.batch_alter_table('trace', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trace_state'))
        batch_op.drop_index(batch_op.f('ix_trace_recovery_id'))

    op.drop_table('trace')
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_posting_hold_id'))
        batch_op.drop_index('ix_posting_balance')

    op.drop_table('posting')
    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_note_recovery_id'))

    op.drop_table('note')
    with op.batch_alter_table('approval', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_approval_subject_id'))
        batch_op.drop_index(batch_op.f('ix_approval_state'))
        batch_op.drop_index(batch_op.f('ix_approval_recovery_id'))

    op.drop_table('approval')
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_partner_id'))

    op.drop_table('account')
    with op.batch_alter_table('recovery', schema=None) as batch_op:
        batch_op.drop_index('ix_recovery_wake')
        batch_op.drop_index('ix_recovery_queue')

    op.drop_table('recovery')
    op.drop_table('party')
    op.drop_table('partner')
    with op.batch_alter_table('officer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_officer_os_user'))

    op.drop_table('officer')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_recovery')

    op.drop_table('event')
    op.drop_table('document')
    op.drop_table('counter')
    op.drop_table('case_clock')
    op.drop_table('beat')

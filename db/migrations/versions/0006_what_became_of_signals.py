"""Versions of signals, what people did with them, and what was decided of the guidance"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("signal") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("run") as batch:
        batch.add_column(sa.Column("failure", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("screening_decision") as batch:
        batch.add_column(sa.Column("safety_event", sa.String(), server_default="", nullable=False))
    op.create_table(
        "signal_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signal.id"], name=op.f("fk_signal_event_signal_id_signal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_event")),
    )
    op.create_index(op.f("ix_signal_event_signal_id"), "signal_event", ["signal_id"])
    op.create_table(
        "guidance_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidance_decision")),
    )
    op.create_index(op.f("ix_guidance_decision_topic"), "guidance_decision", ["topic"])


def downgrade() -> None:
    raise NotImplementedError("there is no way back; restore the copy that was made before")

"""Messages with their states, alerts by version, who joined, who left, what bounced"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OLD, _NEW = "uq_alert_signal_id_recipient_channel", "uq_alert_signal_id_version_recipient_channel"


def upgrade() -> None:
    with op.batch_alter_table("alert") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch.drop_constraint(_OLD, type_="unique")
        batch.create_unique_constraint(_NEW, ["signal_id", "version", "recipient", "channel"])
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("possible_repeat", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("digest", name=op.f("uq_message_digest")),
        sa.UniqueConstraint("identity", name=op.f("uq_message_identity")),
    )
    op.create_index(op.f("ix_message_topic"), "message", ["topic"])
    op.create_index(op.f("ix_message_state"), "message", ["state"])
    op.create_table(
        "subscription",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "recipient", "channel", name=op.f("pk_subscription")),
    )
    op.create_table(
        "unsubscription",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("unsubscribed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", "topic", name=op.f("pk_unsubscription")),
    )
    op.create_table(
        "bounce",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgiven", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_bounce_message_id_message")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_bounce")),
    )
    op.create_index(op.f("ix_bounce_address"), "bounce", ["address"])
    # Whoever was told before is no newcomer, who would be told only of what comes.
    op.execute(
        "INSERT INTO subscription (topic, recipient, channel, joined_on) "
        "SELECT signal.topic, alert.recipient, alert.channel, MIN(alert.queued_on) "
        "FROM alert JOIN signal ON signal.id = alert.signal_id "
        "GROUP BY signal.topic, alert.recipient, alert.channel"
    )
    # What waited has no message that would carry it; without its row it is due, and is queued
    # again by the next run.
    op.execute("DELETE FROM alert WHERE state = 'queued'")


def downgrade() -> None:
    raise NotImplementedError("there is no way back; restore the copy that was made before")

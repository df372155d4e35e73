"""Versions of strategies, sign-off, and what a change made"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "strategy_version",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("first_used_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "strategy", "version", name=op.f("pk_strategy_version")),
    )
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    op.create_table(
        "strategy_state",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("strategy_hash", sa.String(), nullable=False),
        sa.Column("mesh_hash", sa.String(), nullable=False),
        sa.Column("result_line", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("topic", "strategy", name=op.f("pk_strategy_state")),
    )
    op.create_table(
        "strategy_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("version_before", sa.String(), nullable=False),
        sa.Column("version_after", sa.String(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("gained", sa.JSON(), nullable=False),
        sa.Column("lost", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_strategy_change_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_change")),
    )
    with op.batch_alter_table("strategy_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_strategy_change_topic"), ["topic"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("strategy_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_strategy_change_topic"))

    op.drop_table("strategy_change")
    op.drop_table("strategy_state")
    op.drop_table("sign_off")
    op.drop_table("strategy_version")

"""How sure a link between a record and a registration is, and what people say of it"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("link") as batch:
        batch.add_column(
            sa.Column("certainty", sa.String(), server_default="doubtful", nullable=False)
        )
        batch.add_column(sa.Column("reasons", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(sa.Column("rule_version", sa.String(), server_default="", nullable=False))
    op.create_table(
        "link_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_link_word_record_id_record")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["link_word.id"], name=op.f("fk_link_word_supersedes_link_word")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_link_word_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_word")),
    )
    op.create_index(op.f("ix_link_word_topic"), "link_word", ["topic"])


def downgrade() -> None:
    raise NotImplementedError("there is no way back; restore the copy that was made before")

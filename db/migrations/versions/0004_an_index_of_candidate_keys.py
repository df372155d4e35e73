"""An index of the keys by which records find their duplicates; the next run fills it"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "candidate_index",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_candidate_index")),
    )
    op.create_table(
        "candidate_key",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_candidate_key_record_id_record")
        ),
        sa.PrimaryKeyConstraint("topic", "record_id", "key_hash", name=op.f("pk_candidate_key")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_candidate_key_key", "candidate_key", ["topic", "key_hash", "form", "record_id"]
    )
    op.create_index("ix_pair_decision_record_b", "pair_decision", ["topic", "record_b"])


def downgrade() -> None:
    raise NotImplementedError("there is no way back; restore the copy that was made before")

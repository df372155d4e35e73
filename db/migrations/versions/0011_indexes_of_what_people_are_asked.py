"""Indexes of the decisions on pairs that people are asked about, or that they made"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_pair_decision_last", "pair_decision", ["topic", "id"])
    said = sa.text("made_by <> 'rule'")
    asked = sa.text("verdict <> 'different' OR made_by <> 'rule'")
    for name, columns, where in (
        ("ix_pair_decision_asked", ["topic", "record_a", "record_b"], asked),
        ("ix_pair_decision_said", ["topic", "made_by", "id"], said),
    ):
        op.create_index(name, "pair_decision", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise NotImplementedError("there is no way back; restore the copy that was made before")

"""What was written of signals is numbered; merged records have an index"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signal", sa.Column("change", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_signal_topic_change", "signal", ["topic", "change"])
    moved = sa.text("report_id <> own_report_id")
    op.create_index(
        "ix_report_record_moved",
        "report_record",
        ["topic", "report_id"],
        sqlite_where=moved,
        postgresql_where=moved,
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back; restore the copy that was made before")

"""The weekly samples of what only a rule excludes, which go back to a person; none at first"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screening_sample",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_screening_sample_report_id_report")
        ),
        sa.PrimaryKeyConstraint("topic", "report_id", name=op.f("pk_screening_sample")),
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back; restore the copy that was made before")

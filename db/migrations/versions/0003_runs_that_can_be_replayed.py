"""Runs that can be replayed: exchanges, line counts, known item checks, merged records"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registration_alias",
        sa.Column("old_nct", sa.String(), nullable=False),
        sa.Column("nct", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("old_nct", name=op.f("pk_registration_alias")),
    )
    op.create_table(
        "applied_file",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("md5", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_applied_file_run_id_run")),
        sa.PrimaryKeyConstraint("topic", "name", name=op.f("pk_applied_file")),
    )
    op.create_table(
        "exchange",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_exchange_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
    )
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_run_id"), ["run_id"], unique=False)

    op.create_table(
        "known_item_check",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_known_item_check_record_id_record")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_known_item_check_run_id_run")
        ),
        sa.PrimaryKeyConstraint("run_id", "key", name=op.f("pk_known_item_check")),
    )
    op.create_table(
        "line_count",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"], ["search.id"], name=op.f("fk_line_count_search_id_search")
        ),
        sa.PrimaryKeyConstraint("search_id", "line", name=op.f("pk_line_count")),
    )
    op.create_table(
        "registration_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("strategy_hash", sa.String(), nullable=False),
        sa.Column("mesh_hash", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["registration_version.id"],
            name=op.f("fk_registration_match_version_id_registration_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_match")),
        sa.UniqueConstraint(
            "topic",
            "strategy",
            "version_id",
            "strategy_hash",
            "mesh_hash",
            name=op.f("uq_registration_match_version"),
        ),
    )
    with op.batch_alter_table("registration_match", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registration_match_version_id"), ["version_id"], unique=False
        )

    # Alembic would copy the whole table on SQLite to add a reference; both databases take this.
    op.execute(
        "ALTER TABLE record ADD COLUMN merged_into INTEGER "
        "CONSTRAINT fk_record_merged_into_record REFERENCES record (id)"
    )

    with op.batch_alter_table("report_record", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("compared_sequence", sa.Integer(), server_default="0", nullable=False)
        )

    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("full", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("search", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mesh_hash", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("dates", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("seconds", sa.Float(), nullable=True))

    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seconds", sa.Float(), nullable=True))

    with op.batch_alter_table("watermark", schema=None) as batch_op:
        batch_op.add_column(sa.Column("strategy_hash", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("mesh_hash", sa.String(), nullable=True))
    # A watermark stood for the version that was searched last.
    op.execute(
        "UPDATE watermark SET strategy_hash = ("
        " SELECT search.strategy_hash FROM search"
        " WHERE search.topic = watermark.topic AND search.strategy = watermark.strategy"
        " AND search.source = watermark.source AND search.covers"
        " ORDER BY search.id DESC LIMIT 1)"
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back; restore the copy that was made before")

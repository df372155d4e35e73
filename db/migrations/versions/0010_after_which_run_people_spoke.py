"""After which run people spoke on pairs and reports, so that a replay says it at the same place"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Alembic would copy the whole table on SQLite to add a reference; both databases take this.
    for table in ("pair_decision", "screening_decision"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN run_id INTEGER "
            f"CONSTRAINT fk_{table}_run_id_run REFERENCES run (id)"
        )


def downgrade() -> None:
    raise NotImplementedError("there is no way back; restore the copy that was made before")

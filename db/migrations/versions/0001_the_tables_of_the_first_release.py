"""The tables of the first release"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payload",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_payload")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("deleted_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_record_source_source_id")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["report.id"], name=op.f("fk_report_merged_into_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_topic"), ["topic"], unique=False)

    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("clock", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("input_hashes", sa.JSON(), nullable=False),
        sa.Column("rule_versions", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_topic"), ["topic"], unique=False)

    op.create_table(
        "watermark",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("covered_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "strategy", "source", name=op.f("pk_watermark")),
    )
    op.create_table(
        "known_item",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_known_item_record_id_record")
        ),
        sa.PrimaryKeyConstraint("topic", "key", "record_id", name=op.f("pk_known_item")),
    )
    op.create_table(
        "link",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("nct", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_link_record_id_record")
        ),
        sa.PrimaryKeyConstraint("topic", "record_id", "nct", name=op.f("pk_link")),
    )
    op.create_table(
        "pair_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("record_a", sa.Integer(), nullable=False),
        sa.Column("record_b", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_a"], ["record.id"], name=op.f("fk_pair_decision_record_a_record")
        ),
        sa.ForeignKeyConstraint(
            ["record_b"], ["record.id"], name=op.f("fk_pair_decision_record_b_record")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"],
            ["pair_decision.id"],
            name=op.f("fk_pair_decision_supersedes_pair_decision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_decision")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_pair_decision_supersedes")),
    )
    with op.batch_alter_table("pair_decision", schema=None) as batch_op:
        batch_op.create_index(
            "ix_pair_decision_pair", ["topic", "record_a", "record_b"], unique=False
        )

    op.create_table(
        "record_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("payload_sha256", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payload_sha256"],
            ["payload.sha256"],
            name=op.f("fk_record_version_payload_sha256_payload"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_record_version_record_id_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_version")),
        sa.UniqueConstraint(
            "record_id", "sequence", name=op.f("uq_record_version_record_id_sequence")
        ),
    )
    op.create_table(
        "registration_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nct", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("payload_sha256", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payload_sha256"],
            ["payload.sha256"],
            name=op.f("fk_registration_version_payload_sha256_payload"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_version")),
        sa.UniqueConstraint("nct", "sequence", name=op.f("uq_registration_version_nct_sequence")),
    )
    op.create_table(
        "report_record",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("own_report_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["own_report_id"], ["report.id"], name=op.f("fk_report_record_own_report_id_report")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_report_record_record_id_record")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_record_report_id_report")
        ),
        sa.PrimaryKeyConstraint("topic", "record_id", name=op.f("pk_report_record")),
    )
    with op.batch_alter_table("report_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_record_report_id"), ["report_id"], unique=False)

    op.create_table(
        "screening_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("criteria_hash", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_screening_decision_report_id_report")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"],
            ["screening_decision.id"],
            name=op.f("fk_screening_decision_supersedes_screening_decision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_decision")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_screening_decision_supersedes")),
    )
    with op.batch_alter_table("screening_decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_screening_decision_report_id"), ["report_id"], unique=False
        )

    op.create_table(
        "search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("strategy_hash", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("database", sa.String(), nullable=False),
        sa.Column("searched_on", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("covers", sa.Boolean(), nullable=False),
        sa.Column("translation", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_search_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search")),
    )
    with op.batch_alter_table("search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_run_id"), ["run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_topic"), ["topic"], unique=False)

    op.create_table(
        "signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_signal_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        sa.UniqueConstraint("topic", "key", name=op.f("uq_signal_topic_key")),
    )
    op.create_table(
        "stage",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_stage_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_stage")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("queued_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signal.id"], name=op.f("fk_alert_signal_id_signal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "signal_id", "recipient", "channel", name=op.f("uq_alert_signal_id_recipient_channel")
        ),
    )
    op.create_table(
        "match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("strategy_hash", sa.String(), nullable=False),
        sa.Column("mesh_hash", sa.String(), nullable=False),
        sa.Column("record_version_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_version_id"],
            ["record_version.id"],
            name=op.f("fk_match_record_version_id_record_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
        sa.UniqueConstraint(
            "topic",
            "strategy",
            "record_version_id",
            "strategy_hash",
            "mesh_hash",
            name=op.f("uq_match_topic_strategy_record_version_id_strategy_hash_mesh_hash"),
        ),
    )
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_match_record_version_id"), ["record_version_id"], unique=False
        )

    op.create_table(
        "search_result",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_search_result_record_id_record")
        ),
        sa.ForeignKeyConstraint(
            ["search_id"], ["search.id"], name=op.f("fk_search_result_search_id_search")
        ),
        sa.PrimaryKeyConstraint("search_id", "record_id", name=op.f("pk_search_result")),
    )
    with op.batch_alter_table("search_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_result_record_id"), ["record_id"], unique=False)

    op.create_table(
        "topic_record",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
        sa.Column("first_search_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["first_search_id"], ["search.id"], name=op.f("fk_topic_record_first_search_id_search")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_topic_record_record_id_record")
        ),
        sa.PrimaryKeyConstraint("topic", "record_id", name=op.f("pk_topic_record")),
    )
    op.create_table(
        "topic_registration",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("nct", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
        sa.Column("first_search_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["first_search_id"],
            ["search.id"],
            name=op.f("fk_topic_registration_first_search_id_search"),
        ),
        sa.PrimaryKeyConstraint("topic", "nct", name=op.f("pk_topic_registration")),
    )


def downgrade() -> None:
    op.drop_table("topic_registration")
    op.drop_table("topic_record")
    with op.batch_alter_table("search_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_result_record_id"))

    op.drop_table("search_result")
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_match_record_version_id"))

    op.drop_table("match")
    op.drop_table("alert")
    op.drop_table("stage")
    op.drop_table("signal")
    with op.batch_alter_table("search", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_topic"))
        batch_op.drop_index(batch_op.f("ix_search_run_id"))

    op.drop_table("search")
    with op.batch_alter_table("screening_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screening_decision_report_id"))

    op.drop_table("screening_decision")
    with op.batch_alter_table("report_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_record_report_id"))

    op.drop_table("report_record")
    op.drop_table("registration_version")
    op.drop_table("record_version")
    with op.batch_alter_table("pair_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_pair_decision_pair")

    op.drop_table("pair_decision")
    op.drop_table("link")
    op.drop_table("known_item")
    op.drop_table("watermark")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_topic"))

    op.drop_table("run")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_topic"))

    op.drop_table("report")
    op.drop_table("record")
    op.drop_table("payload")

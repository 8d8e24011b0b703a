"""files that take long: exports, messages that take the place of earlier ones, platforms' copies"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("edits_id", _BIG, nullable=True))
        outbox.create_foreign_key("fk_outbox_edits", "outbox", ["edits_id"], ["id"])
    _partial("ix_outbox_edits", "outbox", ["edits_id", "id"], sa.text("edits_id IS NOT NULL"))
    op.create_table(
        "export",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("account_id", _BIG, nullable=False),
        sa.Column("portal_user_id", _BIG, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("chat_identity_id", _BIG, nullable=False),
        sa.Column("conversation_id", _BIG, nullable=False),
        sa.Column("turn_id", _BIG, nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("cache_key", sa.String(length=128), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handed_back", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", _BIG, nullable=False),
        sa.Column("rows_expected", _BIG, nullable=False),
        sa.Column("outbox_id", _BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["chat_identity_id"], ["chat_identity.id"]),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"]),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"]),
        sa.ForeignKeyConstraint(["portal_user_id"], ["portal_user.id"]),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ref"),
    )
    op.create_index("ix_export_conversation_id", "export", ["conversation_id"])
    op.create_index("ix_export_done_at", "export", ["done_at"])
    _partial("ix_export_open", "export", ["id"], _OPEN)
    with op.batch_alter_table("file") as file:
        file.add_column(sa.Column("export_id", _BIG, nullable=True))
        file.add_column(sa.Column("ready", sa.Boolean(), nullable=False, server_default=sa.true()))
        file.create_foreign_key("fk_file_export", "export", ["export_id"], ["id"])
    _partial("ix_file_export_id", "file", ["export_id"], sa.text("export_id IS NOT NULL"))
    op.create_table(
        "file_copy",
        sa.Column("file_id", _BIG, nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"]),
        sa.PrimaryKeyConstraint("file_id", "platform", "owner"),
    )


def downgrade() -> None:
    op.drop_table("file_copy")
    op.drop_index("ix_file_export_id", "file")
    op.execute("DELETE FROM file_chunk WHERE file_id IN (SELECT id FROM file WHERE NOT ready)")
    op.execute("DELETE FROM file WHERE NOT ready")
    with op.batch_alter_table("file") as file:
        file.drop_constraint("fk_file_export", type_="foreignkey")
        file.drop_column("ready")
        file.drop_column("export_id")
    op.drop_table("export")
    op.drop_index("ix_outbox_edits", "outbox")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint("fk_outbox_edits", type_="foreignkey")
        outbox.drop_column("edits_id")


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)

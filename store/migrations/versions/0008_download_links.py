"""one-time links of downloads"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "download_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("file_id", _BIG, nullable=False),
        sa.Column("chat_identity_id", _BIG, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"]),
        sa.ForeignKeyConstraint(["chat_identity_id"], ["chat_identity.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_download_link_file_id", "download_link", ["file_id"])


def downgrade() -> None:
    op.drop_table("download_link")

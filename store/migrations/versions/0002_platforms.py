"""what Slack and Telegram need: leases, parts of messages, the desk's own thread"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("outbox", sa.Column("answers", sa.String(length=128), nullable=True))
    op.add_column("outbox", sa.Column("parts", sa.JSON(), nullable=True))
    with op.batch_alter_table("ticket") as ticket:
        ticket.add_column(sa.Column("desk_conversation_id", _BIG, nullable=True))
        ticket.add_column(sa.Column("desk_message_id", sa.String(length=128), nullable=True))
        ticket.create_foreign_key(
            "fk_ticket_desk_conversation", "conversation", ["desk_conversation_id"], ["id"]
        )
        ticket.create_index("ix_ticket_desk_conversation_id", ["desk_conversation_id"])


def downgrade() -> None:
    with op.batch_alter_table("ticket") as ticket:
        ticket.drop_index("ix_ticket_desk_conversation_id")
        ticket.drop_constraint("fk_ticket_desk_conversation", type_="foreignkey")
        ticket.drop_column("desk_message_id")
        ticket.drop_column("desk_conversation_id")
    op.drop_column("outbox", "parts")
    op.drop_column("outbox", "answers")
    op.drop_table("lease")

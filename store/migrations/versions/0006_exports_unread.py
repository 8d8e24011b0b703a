"""exports without what nobody read of them: the role they were asked under, and the turn"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("export") as export:
        export.drop_column("role")
        export.drop_column("turn_id")


def downgrade() -> None:
    with op.batch_alter_table("export") as export:
        export.add_column(sa.Column("turn_id", _BIG, nullable=True))
        export.create_foreign_key("fk_export_turn", "turn", ["turn_id"], ["id"])
        export.add_column(sa.Column("role", sa.String(16), nullable=False, server_default=""))

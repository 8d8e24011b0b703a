"""what somebody asked that took a sign-in, to be answered after it"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("link_request") as link_request:
        link_request.add_column(sa.Column("asked", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("link_request") as link_request:
        link_request.drop_column("asked")

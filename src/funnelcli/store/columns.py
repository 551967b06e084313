"""What columns of the tables are made of: an instant, and the rules that a value must keep."""

from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, Dialect, Index, Integer, TypeDecorator, text

from funnelcli.domain.text import NAME_LENGTH


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as whole UTC seconds."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn an instant into seconds."""
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn seconds into an instant."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


def short(*columns: str, limit: int = NAME_LENGTH) -> list[CheckConstraint]:
    """Return the rule that these texts are of a name's length, or of another."""
    return [
        CheckConstraint(f"length({column}) <= {limit}", name=f"{column}_length")
        for column in columns
    ]


def once(*columns: str, table: str) -> list[Index]:
    """No two rows that are there bear the same word; one that is gone leaves it free."""
    return [
        Index(f"{table}_by_{column}", column, unique=True, sqlite_where=text("gone = 0"))
        for column in columns
    ]


def one_of(column: str, *words: str) -> CheckConstraint:
    """Return the rule that the column holds one of the words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")

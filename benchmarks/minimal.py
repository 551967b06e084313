"""The least that Typer and SQLModel do: one command that writes one row.

What funnelcli's own writing commands are measured against, so it is written as anybody would.
"""

from pathlib import Path

import typer
from sqlmodel import Field, Session, SQLModel, create_engine

app = typer.Typer()


class Minimal(SQLModel, table=True):
    """A row in a table of its own."""

    id: int | None = Field(default=None, primary_key=True)
    text: str


def lay_out(file: Path) -> None:
    """Make the table in the file."""
    engine = create_engine(f"sqlite:///{file}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()


@app.command()
def add(file: Path, text: str) -> None:
    """Write one row with the text."""
    engine = create_engine(f"sqlite:///{file}")
    with Session(engine) as session:
        session.add(Minimal(text=text))
        session.commit()
    engine.dispose()
    typer.echo("Written.")


if __name__ == "__main__":
    app()

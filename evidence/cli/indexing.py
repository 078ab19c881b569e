"""reindex: the full-text index made anew."""

from __future__ import annotations

import click

from evidence.cli.session import Command, Session


@click.command("reindex", cls=Command)
@click.option("--engine", metavar="ENGINE", help="Make it by this engine, and use it from now on: whoosh or memory.")
@click.pass_obj
def reindex_command(session: Session, engine: str | None) -> int:
    """Make the full-text index anew, beside the old one, which answers until the new one is whole.

    It is never needed to make what was changed searchable: every search sees to that. Stopped, it goes on where it was.
    """
    from evidence.wiring import library_path, use_engine

    with session.open(engine=engine) as library:
        records, damaged = library.reindex()
    if engine:
        use_engine(library_path(session.path), engine)
    faults = [{"where": key, "what": "damaged, and not in the index", "mend": "evidence verify"} for key in damaged]
    session.print(
        {"ok": not faults, "checked": records, "faults": faults},
        lambda: "\n".join(
            [f"{records} records are in the new index."]
            + [f"{key} is damaged and not in it; `evidence verify` names all that is wrong." for key in damaged]
        ),
    )
    return 1 if faults else 0

"""How things that an operation touched, or an entry is cited by, are spoken of."""

from __future__ import annotations

from funnelcli.wording import marked, said


def told(thing: str) -> str:
    """Return how a thing is spoken of; its own name goes on in it as it is.

    What is behind the name of a contact is a trait; of the process, a key of a pipeline file.
    """
    for beginning, sentence in _NAMED.items():
        if thing.startswith(beginning):
            name, blank, last = thing.removeprefix(beginning).rpartition(" ")
            if beginning == _CONTACT and last in _THINGS:
                last = said(last)
            elif beginning in _KEYED:
                last = last.replace("_", " ")
            return said(sentence, name=f"{name}{blank}{last}")
    spoken = thing.replace("_", " ")
    return said(spoken) if spoken in _THINGS else spoken


_CONTACT = "contact "
_KEYED = ("member ", "pipeline ", "setting ", "stage ")
"""How things begin behind whose name a key may stand."""
_NAMED = {
    _CONTACT: marked("contact {name}"),
    "deal ": marked("deal {name}"),
    "end of plan ": marked("end of plan {name}"),
    "log ": marked("log {name}"),
    "member ": marked("member {name}"),
    "milestone ": marked("milestone {name}"),
    "pipeline ": marked("pipeline {name}"),
    "plan ": marked("plan {name}"),
    "reply to log ": marked("reply to log {name}"),
    "setting ": marked("setting {name}"),
    "stage ": marked("stage {name}"),
    "successor of ": marked("successor of {name}"),
    "target of ": marked("target of {name}"),
    "target ": marked("target {name}"),
    "tie to ": marked("tie to {name}"),
}
_THINGS = (
    marked("name"),
    marked("customer"),
    marked("owner"),
    marked("amount"),
    marked("expected close"),
    marked("source"),
    marked("competitor"),
    marked("members"),
    marked("opened at"),
    marked("archived"),
    marked("company"),
    marked("title"),
    marked("career"),
    marked("note"),
    marked("stage"),
    marked("status"),
    marked("held until"),
    marked("acknowledged until"),
)

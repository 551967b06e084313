"""The gates between stages: a deal passes when its required milestones do, or is waived through."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.actions import milestones
from funnelcli.domain.pipeline import Acceptance, MilestoneState
from funnelcli.domain.text import TEXT_LENGTH, clean
from funnelcli.errors import Refused, UsageFault
from funnelcli.store.reading.deals import deal_by_id
from funnelcli.store.reading.process import process
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from funnelcli.domain.model import Deal, MilestoneRecord
    from funnelcli.domain.pipeline import Pipeline, Stage
    from funnelcli.store.session import Work


class Passing(NamedTuple):
    """How the gates are passed: evidence for the current stage, or force with a reason."""

    done: str | None = None
    force: bool = False
    reason: str | None = None


def let_through(
    work: Work,
    deal: Deal,
    pipeline: Pipeline,
    left: tuple[Stage, ...],
    passing: Passing,
    on: date | None,
) -> str | None:
    """Let the deal through the gates of the stages it leaves, or raise Refused naming them.

    Returns what was said, evidence or reason, where no milestone was left to take it up.
    """
    if passing.reason is not None and not passing.force:
        message = said("--reason says why a deal is forced; add --force, or leave it out.")
        raise UsageFault(message)
    if passing.force:
        work.require_manager(said("force a deal past its milestones"))
        if passing.reason is None:
            message = said("--force needs a reason: add --reason TEXT.")
            raise UsageFault(message)
    in_the_way = _in_the_way(work, deal, pipeline, left)
    remedy = _remedy(work, deal, pipeline, in_the_way)
    stood = {(m.stage, m.milestone): m.state for m in in_the_way}
    unheard = []
    if passing.done is not None:
        shown = clean(passing.done, said("evidence"), limit=TEXT_LENGTH)
        of_here = [m for m in in_the_way if m.stage == deal.stage]
        unheard += [] if of_here else [shown]
        for found in of_here:
            milestones.state(work, found, MilestoneState.CLAIMED, on, evidence=shown)
            if work.by.manager:
                milestones.state(work, found, MilestoneState.ACCEPTED, on)
        in_the_way = _in_the_way(work, deal, pipeline, left)
    if passing.force and passing.reason is not None:
        why = clean(passing.reason, said("reason"), limit=TEXT_LENGTH)
        unheard += [] if in_the_way else [why]
        for found in in_the_way:
            milestones.state(work, found, MilestoneState.WAIVED, on, reason=why)
        in_the_way = []
    if in_the_way:
        listed = said("; ").join(
            said(
                "{milestone} ({state}): {title}",
                milestone=m.milestone,
                state=said(stood[m.stage, m.milestone]),
                title=m.title,
            )
            for m in in_the_way
        )
        message = said(
            "{deal} cannot leave {stage} yet: {milestones}; {remedy}.",
            deal=deal.label,
            stage=deal.stage_title,
            milestones=listed,
            remedy=remedy,
        )
        raise Refused(message)
    return "; ".join(unheard) or None


def _remedy(
    work: Work, deal: Deal, pipeline: Pipeline, in_the_way: Sequence[MilestoneRecord]
) -> str:
    if not in_the_way:
        return ""
    first = in_the_way[0]
    if all(m.state is MilestoneState.CLAIMED for m in in_the_way):
        return said(
            "the manager accepts with: funnelcli milestone accept {deal} {milestone}",
            deal=deal.id,
            milestone=first.milestone,
        )
    if work.by.manager or pipeline.acceptance is Acceptance.REP:
        return said(
            "show it with --done EVIDENCE, or the manager waives with --force --reason TEXT"
        )
    return said(
        "claim it with: funnelcli milestone claim {deal} {milestone} --evidence TEXT; "
        "then the manager accepts",
        deal=deal.id,
        milestone=first.milestone,
    )


def _in_the_way(
    work: Work, deal: Deal, pipeline: Pipeline, left: tuple[Stage, ...]
) -> list[MilestoneRecord]:
    """Return the required milestones of the stages left that do not let the deal pass."""
    names = {stage.name for stage in left}
    return [
        m
        for m in milestones.of_deal(work, deal)
        if m.stage in names and m.required and not pipeline.passes(m.state)
    ]


def unproven(work: Work, number: int) -> str | None:
    """Say that a deal stands further than its milestones show, and where to show them."""
    deal = deal_by_id(work.reading, number)
    if deal is None:
        return None
    chosen, entered = process(work.reading).by_stage[deal.stage_id]
    earlier = chosen.stages[: chosen.position(entered)]
    if not any(milestone.required for each in earlier for milestone in each.milestones):
        return None
    return said(
        "Evidence begins where milestones are shown; those of earlier stages are open, see: "
        "funnelcli milestone list {deal}",
        deal=number,
    )

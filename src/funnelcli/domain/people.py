"""People at the customer: their careers, what they are on a deal, who on the team knows them."""

from __future__ import annotations

ROLES = ("decision-maker", "champion", "evaluator", "influencer", "user", "blocker")
STANCES = ("for", "neutral", "against", "unknown")

"""What the root help says of each command: the first sentence of the command's own help.

It stands here again, so that the root help has not to load every command.
"""

ABOUT = {
    "funnel": "Show the open deals by stage: how many, how much, how old, how many stalled.",
    "stalled": "Show what has stopped, why that usually happens there, what to ask and do.",
    "log": "Log what happened on a deal, in one line.",
    "inbox": "Show what waits for an answer: asks first, then claims, then other logs of two "
    "weeks.",
    "reply": "Answer a log (manager); with --by it asks for something, until a later log follows.",
    "brief": "Show the one page for the meeting: rep by rep, always in the same order.",
    "deal": "Add, advance, close and look at deals.",
    "next": "Show what to do next, the most pressing first, with the parts of the score.",
    "forecast": "Show what the open deals will bring in a period: a range, beside run-rate and "
    "target.",
    "backtest": "Replay the forecast on your own past, and show how it did beside the declared "
    "chances.",
    "coverage": "Show what the target of a period still takes, and who has room for it.",
    "appraise": "Show what everybody's work amounts to in a period: the team as a table, a rep "
    "as a page.",
    "conversion": "Show by stage what became of the deals that arrived there, and how many came "
    "further.",
    "segments": "Show which deals are won, how soon, and what an opportunity is worth, by source "
    "or another.",
    "velocity": "Show how much money the open deals bring per day, with the figures that it is "
    "made of.",
    "diff": "Show what became of the open amount since a day, deal by deal, and what else moved.",
    "who": "Show who on the team knows somebody, or anybody at a company or school, past ones too.",
    "target": "What people, and the team, are to win in a period.",
    "bonus": "Show what everybody earned in a period by stated rules (manager).",
    "contact": "The people at the customer.",
    "plan": "What should happen, and what became of it.",
    "day": "Show what a day was made of, rep by rep: logs, planned work, answers, what is due.",
    "timeline": "Show everything that happened on a deal, oldest first.",
    "ack": "Say that a stalled deal is known, until a day: it is listed last and leaves the "
    "totals.",
    "milestone": "Claim and decide the milestones of deals.",
    "pipeline": "See and change the process.",
    "undo": "Take back the last N commands that you signed, each as a whole; redo brings "
    "them back.",
    "redo": "Do the last N commands again that you have undone since your last other command.",
    "history": "Show who did what and when, the last at the end; in JSON with old and new values.",
    "backup": "Copy the file while others go on using it, and verify the copy.",
    "restore": "Bring a backup back; what is there now is kept, and said where.",
    "doctor": "Look at the file from all sides, and say what to do about what is found.",
    "init": "Start a file, with its settings and a first pipeline.",
    "demo": "Play three weeks of a team, and show what its manager sees each Monday.",
    "completion": "Print the script by which a shell completes commands, options and names on TAB.",
    "config": "See and change the file's settings.",
    "team": "Say who is on the team.",
    "import": "Bring in deals, stages, logs, contacts, or all.",
    "export": "Write deals, stage histories, logs and contacts as canonical CSV, pipelines as "
    "TOML.",
    "report": "Write the meeting report: funnel, movement, stalls, forecast, what waits, "
    "times, claims.",
}

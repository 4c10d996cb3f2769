"""From the evidence to an answer, or to a refusal that says why."""

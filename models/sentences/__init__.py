"""Sentences of next steps, by stage; `models.step_wording` puts them together."""

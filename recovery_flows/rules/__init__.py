"""Pure decisions: no session, no clock, no client, no setting; `now` and the law are arguments."""

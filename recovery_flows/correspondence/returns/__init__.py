"""A return on paper: application, flow of money, report, notice, decision, receipt."""

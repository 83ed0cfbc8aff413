"""Who gets what back: allocation, notice, decision, payouts."""

"""What a return is told with: notice, decision, receipt and the way of the money, on paper."""

"""What the service costs, measured beside a reference in the same run.

Never a pass or a fail: machines differ, and `make bench` reports what it saw beside the budget.
"""

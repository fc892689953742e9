"""What the commands of ``selrisk`` do; ``risk_api/cli.py`` says how they are spelt."""

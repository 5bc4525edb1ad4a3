"""What cron runs: services alone, no terminal."""

"""Tests of what cron runs."""

"""Reports about customers, worked out from what they bought."""

"""The story of incidents: alerts are heard, what is due is done, people are told."""

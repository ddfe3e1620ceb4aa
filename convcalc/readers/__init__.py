"""Files into networks: data only, read up to a bound, never imported and never run."""

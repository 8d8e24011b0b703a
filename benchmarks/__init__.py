"""What it costs, as a ratio beside the bare library doing the same work in the same run."""

"""How a report looks: JSON, csv, markdown, plain text, a terminal. Views compute nothing."""

"""The program as a running service: health, heartbeat, static files, compression, logs. Knows no domain noun."""

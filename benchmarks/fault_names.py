"""Which faults there are and where each is tried, (server, store), the quick one first."""

SQLITE, POSTGRES = "sqlite", "postgresql"  # the second with Redis
EVERYWHERE = [("daphne", SQLITE), ("uvicorn", POSTGRES), ("daphne", POSTGRES), ("uvicorn", SQLITE)]
EASY = [("daphne", SQLITE), ("uvicorn", POSTGRES)]
SERVICES = [("daphne", POSTGRES), ("uvicorn", POSTGRES)]

KILLED = "web process: kill -9"
RESTARTED = "web process: restart"
REDIS_LOST = "Redis: kill -9 and back"
DATABASE_LOST = "PostgreSQL: stopped and back"
MEDIA_KILLED = "media engine: kill -9 and back"
CLOCK_FORWARDS = "server's clock: five minutes forwards"
CLOCK_BACK = "server's clock: two minutes back"
ASLEEP = "laptop asleep and awake again"
LOCKED = "phone locked: silent on an open line"
DEVICES = "three devices of one person, each cut off once"

TABLE = {
    KILLED: EVERYWHERE,
    RESTARTED: EVERYWHERE,
    REDIS_LOST: SERVICES,
    DATABASE_LOST: SERVICES,
    MEDIA_KILLED: EASY,
    CLOCK_FORWARDS: EASY,
    CLOCK_BACK: EASY,
    ASLEEP: EASY,
    LOCKED: EASY,
    DEVICES: EASY,
}

"""How large slides may be. Constants only: the process that draws them imports nothing of the site but this."""

LARGEST_FILE = 60 * 1024 * 1024
MOST_PAGES = 200
MOST_PICTURES = 60  # in one deck
MOST_DECKS = 20  # of one class
LONGEST_TEXT = 4000  # of one page

"""From a file that somebody chose to pages that a phone can show.

`kinds.py` says in words what cannot be used; `render.py` runs as a process of its own, with little memory and no
secrets, because files of strangers are opened there; `rendering.py` watches over it; `shelf.py` keeps the pictures.
"""

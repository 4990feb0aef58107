"""Voice and picture: one class per media engine behind one interface (engine.py).

Nothing is imported here: the forwarder is a process of its own and loads neither Django nor the other engines.
"""

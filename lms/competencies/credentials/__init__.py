"""Records as credentials that anybody can check without asking us.

Pure, without Django, so that a stranger's file is read in a process that holds nothing: `contexts`, `multikey`,
`proofs` (Data Integrity), `jose` (VC-JWT), `bitstring`, `baking`, `papers_read`, `reading`. With settings and models:
`did`, `document`, `picture`, `paper`, `sandbox`. What was given out is stored: lms/competencies/models/credentials.py.
"""

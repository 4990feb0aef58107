"""The embedded media engine: a process of its own that forwards packets and decodes none.

`python -m live.media.forwarder --file DATA/media.json`; the web processes find it by that file. It knows neither
Django nor people: rooms, members and what each may send are told to it (desk.py). If it dies, sound and picture go
with it, and nothing else.

    desk.py  the local socket    room.py  who hears and sees whom    peers.py  connections    streams.py  packets
    packets.py  RTP and RTCP as bytes    sdp.py  session descriptions
"""

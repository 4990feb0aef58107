// The two connections to the media engine: up for what this person sends, down for what the class sends.
// It knows the wire (live/events/client.py, Rtc) and nothing of the page; the engine behind it may be any.

// What is sent, in the order of its description, and at what cost.
const SENT = [
  { track: "audio", kind: "audio", encoding: { maxBitrate: 28000, priority: "high", networkPriority: "high" } },
  { track: "low", kind: "video", encoding: { maxBitrate: 130000, maxFramerate: 15, scaleResolutionDownBy: 2 } },
  { track: "high", kind: "video", encoding: { maxBitrate: 500000, maxFramerate: 20, priority: "low" } },
  { track: "screen", kind: "video", encoding: { maxBitrate: 350000, maxFramerate: 5 } },
];
const LOST_AFTER = 4000; // ms without a connection: then it is made anew
const AGAIN_AFTER = 1500;

export class MediaLink {
  // send(message) → whether it went; on: state(name), streams(list), refused(code, sentence)
  constructor(send, on) {
    this.transmit = send;
    this.on = on;
    this.n = 0; // which joining this is: answers to an earlier one are late
    this.want = { camera: "none", screen: false };
    this.sending = new Map(); // track name → MediaStreamTrack
    this.streams = [];
    this.joined = false;
    this.wanted = false;
  }

  send(message) {
    return this.transmit({ t: "rtc", n: this.n, ...message });
  }

  join(want) {
    this.want = want;
    this.wanted = true;
    this.restart();
  }

  leave() {
    this.wanted = false;
    clearTimeout(this.timer);
    this.send({ do: "leave" });
    this.drop();
    this.on.state("off");
  }

  // Everything from the beginning: a new place in the room, new connections, the same voice and picture.
  restart() {
    if (!this.wanted) return;
    clearTimeout(this.timer);
    this.drop();
    this.n += 1;
    this.on.state("joining");
    this.send({ do: "join", want: this.want });
    this.timer = setTimeout(() => this.restart(), 8000 + Math.random() * 2000); // an answer that never came
  }

  restartSoon() {
    clearTimeout(this.timer);
    this.on.state("lost");
    this.timer = setTimeout(() => this.restart(), AGAIN_AFTER / 2 + Math.random() * AGAIN_AFTER);
  }

  // The line of the room broke: the server has let this place go, and gives another one with the next welcome.
  unplugged() {
    clearTimeout(this.timer);
    this.drop();
    if (this.wanted) this.on.state("lost");
  }

  drop() {
    this.joined = false;
    for (const name of ["up", "down"]) {
      this[name]?.close();
      this[name] = null;
    }
    this.senders = null;
    this.streams = [];
    this.on.streams([]);
  }

  // ---- what the server says
  async receive(message) {
    if (message.do === "gone") return this.unplugged();
    if (message.do === "again") return this.restart();
    if (message.n !== undefined && message.n !== this.n) return;
    try {
      if (message.do === "joined") await this.takePlace(message);
      else if (message.do === "offer") await this.answer(message);
      else if (message.do === "answer") await this.up?.setRemoteDescription({ type: "answer", sdp: message.sdp });
      else if (message.do === "streams") this.hear(message.streams);
      else if (message.do === "servers") this.takeServers(message);
      else if (message.do === "failed") this.failed(message);
    } catch (error) {
      console.warn("media", error);
      this.restartSoon();
    }
  }

  failed(message) {
    if (message.final) {
      this.wanted = false;
      clearTimeout(this.timer);
      this.drop();
      this.on.state("off");
      return this.on.refused(message.code, message.sentence);
    }
    this.restartSoon();
  }

  async takePlace(message) {
    this.takeServers(message);
    this.joined = true;
    if (this.sending.size) await this.publish();
  }

  // The way through firewalls is worth something for minutes only: asked for again when one begins to speak later.
  takeServers({ ice, seconds }) {
    this.servers = ice;
    this.serversEnd = Date.now() + seconds * 900;
    this.serversCame?.();
  }

  async freshServers() {
    if (!this.servers?.length || Date.now() < this.serversEnd) return;
    await new Promise((resolve) => {
      this.serversCame = resolve;
      this.send({ do: "servers" });
      setTimeout(resolve, 3000);
    });
  }

  async answer({ sdp, streams }) {
    const pc = (this.down ??= this.connection());
    await pc.setRemoteDescription({ type: "offer", sdp });
    await pc.setLocalDescription();
    if (pc !== this.down) return;
    this.send({ do: "answer", sdp: pc.localDescription.sdp });
    if (streams) this.hear(streams);
    else this.hear(this.listed ?? []);
  }

  hear(streams) {
    this.listed = streams;
    if (!this.down && this.joined) this.settled(); // nobody speaks or shows anything yet
    const tracks = new Map((this.down?.getTransceivers() ?? []).map((t) => [t.mid, t.receiver]));
    this.streams = streams.filter(({ mid }) => tracks.has(mid)).map((stream) => ({ ...stream, receiver: tracks.get(stream.mid) }));
    this.on.streams(this.streams);
  }

  // ---- what this person sends
  // Open or shut one stream: the track to send, or null.
  async set(name, track) {
    if (track) this.sending.set(name, track);
    else this.sending.delete(name);
    if (!this.joined) return;
    if (!this.senders) return track ? this.publish() : undefined;
    await this.senders[name]?.replaceTrack(track);
    if (this.up) this.tellSending();
  }

  tellSending() {
    this.send({ do: "sending", tracks: [...this.sending.keys()] });
  }

  async publish() {
    const n = this.n;
    this.senders = {}; // from now on `set` waits for nobody
    await this.freshServers();
    if (n !== this.n || !this.joined) return;
    const pc = (this.up = this.connection());
    for (const { track, kind, encoding } of SENT) {
      const transceiver = pc.addTransceiver(kind, { direction: "sendonly", sendEncodings: [encoding] });
      prefer(transceiver, kind);
      this.senders[track] = transceiver.sender;
      if (this.sending.has(track)) await transceiver.sender.replaceTrack(this.sending.get(track));
    }
    await pc.setLocalDescription();
    if (pc !== this.up) return;
    this.send({ do: "publish", sdp: pc.localDescription.sdp });
    this.tellSending();
  }

  setWant(want) {
    this.want = want;
    if (this.joined) this.send({ do: "want", want });
  }

  settled() {
    clearTimeout(this.timer);
    this.on.state("on");
  }

  // ---- connections
  connection() {
    const pc = new RTCPeerConnection({ iceServers: this.servers, bundlePolicy: "max-bundle" });
    const tell = () => {
      if (pc !== this.up && pc !== this.down) return;
      clearTimeout(pc.patience);
      if (pc.connectionState === "failed") return this.restartSoon();
      if (pc.connectionState === "disconnected") pc.patience = setTimeout(() => pc === this.up || pc === this.down ? this.restartSoon() : 0, LOST_AFTER);
      if (pc.connectionState === "connected" && pc === this.down) {
        this.settled();
      }
    };
    pc.addEventListener("connectionstatechange", tell);
    return pc;
  }
}

// The two codecs that every browser has, so that nothing is ever decoded on the way.
function prefer(transceiver, kind) {
  const wanted = kind === "audio" ? "audio/opus" : "video/vp8";
  const codecs = RTCRtpSender.getCapabilities?.(kind)?.codecs.filter((codec) => codec.mimeType.toLowerCase() === wanted);
  if (codecs?.length) transceiver.setCodecPreferences?.(codecs);
}

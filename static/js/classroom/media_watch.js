// Whether the line carries what it is asked to: looks at what the browser counts, and says when pictures are too much.
const EVERY = 4000;
const LOST = 0.08; // of the packets of pictures
const PATCHED = 0.15; // of the sound, made up because it did not come
const TIMES = 2;

export class Watch {
  // connection() → the connection down, or null; poor(): pictures should be smaller
  constructor(connection, poor) {
    this.connection = connection;
    this.poor = poor;
    this.bad = 0;
    this.before = new Map();
    this.timer = setInterval(() => this.look(), EVERY);
  }

  forgive() {
    this.bad = 0;
    this.before.clear();
  }

  async look() {
    const pc = this.connection();
    if (!pc || document.hidden) return this.forgive();
    let received = 0, lost = 0, frozen = 0, samples = 0, patched = 0;
    for (const report of (await pc.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      const last = this.before.get(report.id) ?? report;
      this.before.set(report.id, report);
      if (report.kind === "video") {
        received += report.packetsReceived - last.packetsReceived;
        lost += report.packetsLost - last.packetsLost;
        frozen += (report.freezeCount ?? 0) - (last.freezeCount ?? 0);
      } else {
        samples += (report.totalSamplesReceived ?? 0) - (last.totalSamplesReceived ?? 0);
        patched += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0) - (last.concealedSamples ?? 0) + (last.silentConcealedSamples ?? 0);
      }
    }
    const pictures = received + Math.max(0, lost) > 10;
    const isBad = pictures && (lost / (received + lost) > LOST || frozen > 1 || (samples > 0 && patched / samples > PATCHED));
    this.bad = isBad ? this.bad + 1 : 0;
    if (this.bad >= TIMES) {
      this.forgive();
      this.poor();
    }
  }
}

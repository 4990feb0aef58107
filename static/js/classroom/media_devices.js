// Microphone, camera, screen of this device, and trying them before anybody hears.
const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 }, facingMode: "user" };
const SCREEN = { video: { frameRate: { max: 5 }, width: { max: 1280 }, height: { max: 800 } }, audio: false };

export class Devices {
  constructor(kept) {
    this.microphoneId = kept;
    this.tracks = new Map();
  }

  async microphone() {
    const audio = this.microphoneId ? { ...VOICE, deviceId: { ideal: this.microphoneId } } : VOICE;
    return this.keep("audio", await media().getUserMedia({ audio }));
  }

  async camera() {
    const track = this.keep("video", await media().getUserMedia({ video: PICTURE }));
    track.contentHint = "motion";
    return track;
  }

  async screen() {
    const track = this.keep("screen", await media().getDisplayMedia(SCREEN));
    track.contentHint = "detail";
    return track;
  }

  keep(name, stream) {
    this.stop(name);
    const [track] = stream.getTracks();
    this.tracks.set(name, track);
    return track;
  }

  // The light of the device goes out: it is really off.
  stop(name) {
    this.tracks.get(name)?.stop();
    this.tracks.delete(name);
  }

  stopAll() {
    for (const name of [...this.tracks.keys()]) this.stop(name);
  }

  async microphones() {
    const all = await (navigator.mediaDevices?.enumerateDevices?.() ?? []);
    return all.filter((one) => one.kind === "audioinput" && one.deviceId && one.label);
  }
}

export function mayShowScreen() {
  return Boolean(navigator.mediaDevices?.getDisplayMedia);
}

function media() {
  if (!navigator.mediaDevices) throw Object.assign(new Error("insecure"), { name: "Insecure" });
  return navigator.mediaDevices;
}

// Which sentence helps: denied, missing, busy, insecure, other. null when the person changed their mind.
export function trouble(error, kind) {
  if (error.name === "Insecure") return "insecure";
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return kind === "screen" ? null : "denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "missing";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "busy";
  return "other";
}

let context;
function sound() {
  context ??= new AudioContext();
  context.resume();
  return context;
}

// Two notes, the second higher.
export function playSound() {
  const audio = sound();
  for (const [at, pitch] of [[0, 523], [0.35, 784]]) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0 });
    tone.connect(volume).connect(audio.destination);
    const start = audio.currentTime + at;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.25, start + 0.03);
    volume.gain.linearRampToValueAtTime(0, start + 0.3);
    tone.start(start);
    tone.stop(start + 0.32);
  }
}

// Calls heard(level from 0 to 1) ten times a second; answers with the function that ends it.
export function listen(track, heard) {
  const audio = sound();
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = new AnalyserNode(audio, { fftSize: 512 });
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    heard(Math.min(1, power * 6));
  }, 100);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}

// What is heard and seen: one audio element for each voice, one tile for each picture, and who speaks now.
const LOUD = 0.015;
const PAUSE = 900; // ms: a pause inside a sentence

export class Tiles {
  // silent(): the browser plays no sound before somebody presses something
  constructor(classroom, silent) {
    this.classroom = classroom;
    this.silent = silent;
    this.box = classroom.parts["voice-tiles"];
    this.voices = new Map(); // mid → audio element
    this.pictures = new Map(); // mid, or "self" → figure
    this.streams = [];
    this.loudAt = new Map();
    this.timer = setInterval(() => this.listen(), 300);
  }

  show(streams) {
    this.streams = streams;
    const voices = streams.filter((one) => one.track === "audio");
    const pictures = streams.filter((one) => one.track !== "audio");
    this.keep(this.voices, voices, () => document.createElement("audio"), (audio) => audio);
    this.keep(this.pictures, pictures, () => this.tile(), (figure) => figure.querySelector("video"));
    for (const { mid, person, track } of pictures) this.name(this.pictures.get(mid), person, track);
    this.arrange();
    this.classroom.heard = new Set(voices.map((one) => one.person));
  }

  // Make what is missing, drop what is over; a stream that goes on is not touched.
  keep(elements, streams, make, player) {
    const wanted = new Map(streams.map((stream) => [stream.mid, stream]));
    for (const [mid, element] of elements)
      if (mid !== "self" && !wanted.has(mid)) {
        player(element).srcObject = null;
        element.remove();
        elements.delete(mid);
      }
    for (const [mid, { receiver }] of wanted) {
      const element = elements.get(mid) ?? make();
      elements.set(mid, element);
      const media = player(element);
      if (media.srcObject?.getTracks()[0] === receiver.track) continue;
      media.srcObject = new MediaStream([receiver.track]);
      this.play(media);
    }
  }

  async play(media) {
    media.autoplay = true;
    try {
      await media.play();
    } catch (error) {
      if (error.name === "NotAllowedError" && !media.muted) this.silent();
    }
  }

  // After a press: now the browser lets it sound.
  async aloud() {
    for (const audio of this.voices.values()) await audio.play().catch(() => {});
    for (const figure of this.pictures.values()) await figure.querySelector("video").play().catch(() => {});
  }

  tile() {
    const figure = this.classroom.from("voice-tile");
    this.box.append(figure);
    return figure;
  }

  name(figure, person, track) {
    figure.dataset.person = person;
    figure.dataset.track = track === "screen" ? "screen" : "camera";
    const { room } = this.classroom;
    const name = room.name(person);
    figure.querySelector("figcaption").textContent = track === "screen" ? this.classroom.sentence("voice.screen_of", { name }) : name;
  }

  // My own camera, as in a mirror.
  self(track) {
    const known = this.pictures.get("self");
    if (!track) {
      known?.remove();
      this.pictures.delete("self");
    } else if (!known) {
      const figure = this.tile();
      figure.dataset.track = "self";
      figure.querySelector("figcaption").textContent = this.classroom.words.you;
      figure.querySelector("video").srcObject = new MediaStream([track]);
      this.pictures.set("self", figure);
    }
    this.arrange();
  }

  arrange() {
    const figures = [...this.pictures.values()];
    const { stage, stageOf } = this.classroom;
    for (const one of figures) one.toggleAttribute("data-large", stage === "person" && one.dataset.person === stageOf);
    this.box.hidden = figures.length === 0;
    this.box.dataset.count = figures.length;
    this.box.toggleAttribute("data-screen", figures.some((one) => one.dataset.track === "screen"));
  }

  listen() {
    const now = Date.now();
    for (const { track, person, receiver } of this.streams) {
      if (track !== "audio") continue;
      const [source] = receiver.getSynchronizationSources?.() ?? [];
      if (source && now - (performance.timeOrigin + source.timestamp) < PAUSE && (source.audioLevel ?? 0) > LOUD) this.loudAt.set(person, now);
    }
    const speaking = this.streams.filter((one) => one.track === "audio" && now - (this.loudAt.get(one.person) ?? 0) < PAUSE).map((one) => one.person);
    for (const figure of this.pictures.values()) figure.toggleAttribute("data-speaking", speaking.includes(figure.dataset.person));
    for (const row of document.querySelectorAll("[data-who]")) row.toggleAttribute("data-speaking", speaking.includes(row.dataset.who));
    const names = speaking.map((person) => this.classroom.room.name(person)).filter(Boolean);
    const words = names.length ? this.classroom.sentence("voice.speaking", { names: names.join(", ") }) : "";
    const place = this.classroom.parts["voice-speaking"];
    if (place.textContent !== words) place.textContent = words;
  }
}

// Voice and picture in this browser: what the person chose, the buttons, and the link that does it.
import { Devices, listen, mayShowScreen, playSound, trouble } from "./media_devices.js";
import { MediaLink } from "./media_link.js";
import { Tiles } from "./media_tiles.js";
import { Watch } from "./media_watch.js";

const KEPT = "ponte-voice";
const SIZES = ["none", "low", "high"];
const WIDE = 700; // px: below, the large picture would not be seen

export function start(classroom) {
  return new Media(classroom);
}

class Media {
  constructor(classroom) {
    this.classroom = classroom;
    this.parts = classroom.parts;
    this.kept = read();
    this.devices = new Devices(this.kept.microphone);
    this.link = new MediaLink((message) => classroom.send(message), {
      state: (name) => this.stateChanged(name),
      streams: (list) => this.streamsChanged(list),
      refused: (code, sentence) => classroom.note(sentence || classroom.sentence(code in classroom.words ? code : "voice.failed")),
    });
    this.tiles = new Tiles(classroom, () => classroom.show("voice-silent", true));
    this.watch = new Watch(() => (this.link.wanted ? this.link.down : null), () => this.smaller());
    this.state = "off";
    this.wantsIn = false; // in as soon as the class begins
    this.mic = this.camera = this.screen = false;
    this.limit = "high"; // what the line carries
    this.prepareChoice();
    this.parts["voice-larger"].addEventListener("click", () => this.larger());
    this.parts["voice-aloud"].addEventListener("click", () => {
      classroom.show("voice-silent", false);
      this.tiles.aloud();
    });
    this.draw();
  }

  get profile() {
    const { voice } = this.parts;
    return this.kept.profile ?? (innerWidth < WIDE ? voice.dataset.smallScreen : voice.dataset.largeScreen);
  }

  get want() {
    const best = innerWidth < WIDE ? "low" : "high";
    const size = this.profile === "video" ? SIZES[Math.min(SIZES.indexOf(best), SIZES.indexOf(this.limit))] : "none";
    const { stage, stageOf } = this.classroom;
    const first = stage === "person" ? stageOf : null;
    return { camera: size, screen: this.profile !== "audio", ...(first && { first }) };
  }

  // ---- what the person presses
  press(name) {
    if (name === "mic") return this.link.wanted ? this.toggleMic() : this.enter(true);
    if (name === "enter") return this.enter(false);
    if (name === "settings") return this.openChoice();
    if (name === "camera") return this.toggleCamera();
    if (name === "screen") return this.toggleScreen();
  }

  // The first time one chooses; afterwards the device knows.
  enter(speaks) {
    this.speaksNext = speaks && this.classroom.maySend("audio");
    if (!this.kept.profile) return this.openChoice();
    this.goIn();
  }

  goIn() {
    if (this.classroom.room.state !== "open") {
      this.wantsIn = true;
      return this.draw();
    }
    this.wantsIn = false;
    this.link.join(this.want);
    if (this.speaksNext) this.toggleMic(true);
    this.speaksNext = false;
    this.draw();
  }

  async leave() {
    this.wantsIn = false;
    await this.setMic(false);
    await this.setCamera(false);
    await this.setScreen(false);
    this.link.leave();
  }

  async toggleMic(on = !this.mic) {
    if (on && !this.classroom.maySend("audio")) return this.say("floor.held");
    await this.setMic(on);
    if (on && this.mic) this.classroom.send({ t: "speak" });
  }

  async setMic(on) {
    if (on === this.mic) return;
    try {
      const track = on ? await this.devices.microphone() : null;
      track?.addEventListener("ended", () => this.setMic(false));
      this.mic = on;
      await this.link.set("audio", track);
      this.stopLevel?.();
      this.stopLevel = track && listen(track, (level) => this.parts.mic?.style.setProperty("--level", level.toFixed(2)));
      if (!on) this.devices.stop("audio");
      this.classroom.announce("mic", this.classroom.sentence(on ? "mic.on" : "mic.off"));
    } catch (error) {
      this.mic = false;
      this.explain(error, "microphone");
    }
    this.draw();
  }

  async toggleCamera() {
    await this.setCamera(!this.camera);
  }

  async setCamera(on) {
    if (on === this.camera) return;
    try {
      const track = on ? await this.devices.camera() : null;
      track?.addEventListener("ended", () => this.setCamera(false));
      this.camera = on;
      await this.link.set("low", track);
      // A phone sends the small picture only: it is enough for everybody, and for its line.
      if (innerWidth >= WIDE || !on) await this.link.set("high", track);
      this.tiles.self(track);
      if (!on) this.devices.stop("video");
    } catch (error) {
      this.camera = false;
      this.explain(error, "camera");
    }
    this.draw();
  }

  async toggleScreen() {
    await this.setScreen(!this.screen);
  }

  async setScreen(on) {
    if (on === this.screen) return;
    try {
      const track = on ? await this.devices.screen() : null;
      track?.addEventListener("ended", () => this.setScreen(false));
      this.screen = on;
      await this.link.set("screen", track);
      if (!on) this.devices.stop("screen");
      this.classroom.announce("screen", this.classroom.sentence(on ? "screen.on" : "screen.off"));
    } catch (error) {
      this.screen = false;
      this.explain(error, "screen");
    }
    this.draw();
  }

  // ---- what the room tells
  receive(message) {
    this.link.receive(message);
  }

  welcomed() {
    if (this.link.wanted && this.classroom.room.state === "open") this.link.restart();
    this.lookAt();
  }

  online(isOn) {
    if (!isOn) this.link.unplugged();
  }

  begun() {
    if (this.wantsIn) this.goIn();
    this.draw();
  }

  refused(error) {
    if (error.code === "floor.held") this.setMic(false);
  }

  floorChanged() {
    const { floor, room } = this.classroom;
    if (this.mic && (floor.muted.includes(room.me) || !this.classroom.maySend("audio"))) {
      this.setMic(false);
      this.say(floor.muted.includes(room.me) ? "mic.muted" : "floor.held");
    }
    if (this.camera && !this.classroom.maySend("video")) {
      this.setCamera(false);
      this.say("camera.closed");
    }
    this.draw();
  }

  // A microphone is never turned on from outside: its person is asked.
  called(by) {
    const box = this.parts["voice-called"];
    this.parts["voice-called-words"].textContent = this.classroom.sentence("voice.called", { name: by });
    if (this.mic || box.open) return;
    this.parts["voice-called-yes"].onclick = () => {
      box.close();
      if (this.link.wanted) this.toggleMic(true);
      else this.enter(true);
    };
    this.parts["voice-called-no"].onclick = () => box.close();
    box.showModal();
  }

  lookAt() {
    this.tiles.arrange();
    const want = JSON.stringify(this.want);
    if (this.link.wanted && want !== JSON.stringify(this.link.want)) this.link.setWant(this.want);
  }

  // ---- what the link tells
  stateChanged(name) {
    const before = this.state;
    this.state = name;
    if (name === "lost" && before === "on") this.classroom.announce("voice", this.classroom.sentence("voice.lost"));
    if (name === "on" && before !== "on") this.classroom.announce("voice", this.classroom.sentence("voice.on"));
    this.draw();
  }

  streamsChanged(list) {
    this.tiles.show(list);
    this.classroom.tell("heardChanged");
  }

  // ---- a line that does not carry the pictures
  smaller() {
    const now = this.want.camera;
    if (now === "none") return;
    this.limit = SIZES[SIZES.indexOf(now) - 1];
    this.lookAt();
    this.say(this.limit === "none" ? "voice.no_picture" : "voice.small");
    this.draw();
  }

  larger() {
    this.limit = "high";
    this.watch.forgive();
    this.lookAt();
    this.draw();
    this.parts["voice-settings"].focus();
  }

  // ---- the choice
  prepareChoice() {
    const { parts } = this;
    parts["voice-form"].addEventListener("submit", (event) => {
      if (event.submitter?.value !== "enter") return;
      this.kept.profile = parts["voice-form"].elements.profile.value || "audio";
      this.kept.microphone = parts["voice-device"]?.value || this.kept.microphone;
      this.devices.microphoneId = this.kept.microphone;
      write(this.kept);
      this.limit = "high";
      if (this.link.wanted) this.lookAt();
      else this.goIn();
    });
    parts["voice-choice"].addEventListener("close", () => this.stopTrying());
    parts["voice-leave"].addEventListener("click", () => {
      parts["voice-choice"].close();
      this.leave();
    });
    parts["try-speaker"].addEventListener("click", () => {
      playSound();
      parts["try-speaker-words"].textContent = this.classroom.sentence("try.speaker");
    });
    parts["try-microphone"]?.addEventListener("click", () => (this.stopTry ? this.stopTrying() : this.tryMicrophone()));
  }

  openChoice() {
    const { parts } = this;
    for (const radio of parts["voice-form"].elements.profile) radio.checked = radio.value === this.profile;
    const code = this.link.wanted ? "voice.keep" : this.classroom.room.state === "open" ? "voice.enter" : "voice.ready";
    parts["voice-go"].textContent = this.classroom.sentence(code);
    this.classroom.show("voice-leave", this.link.wanted);
    parts["voice-choice"].showModal();
    this.listMicrophones();
  }

  async tryMicrophone() {
    const { parts } = this;
    const words = parts["try-microphone-words"];
    try {
      const track = (this.mic && this.devices.tracks.get("audio")) || (await this.devices.microphone());
      let heard = false;
      words.textContent = this.classroom.sentence("try.speak");
      const late = setTimeout(() => heard || (words.textContent = this.classroom.sentence("try.silent")), 6000);
      const stop = listen(track, (level) => {
        parts["try-level"].value = level;
        if (level > 0.15 && !heard) words.textContent = this.classroom.sentence("try.heard");
        heard ||= level > 0.15;
      });
      this.stopTry = () => (stop(), clearTimeout(late));
      parts["try-microphone"].setAttribute("aria-pressed", "true");
      parts["try-level"].hidden = false;
      this.listMicrophones();
    } catch (error) {
      words.textContent = this.classroom.sentence(`microphone.${trouble(error, "microphone")}`);
    }
  }

  stopTrying() {
    this.stopTry?.();
    this.stopTry = null;
    if (!this.mic) this.devices.stop("audio");
    this.parts["try-microphone"]?.setAttribute("aria-pressed", "false");
    this.classroom.show("try-level", false);
  }

  // Names are told only after the microphone was allowed once.
  async listMicrophones() {
    const list = this.parts["voice-device"];
    if (!list) return;
    const all = await this.devices.microphones();
    this.classroom.show("try-which", all.length > 1);
    list.replaceChildren(...all.map((one) => new Option(one.label, one.deviceId, false, one.deviceId === this.kept.microphone)));
  }

  // ---- the page
  draw() {
    const { classroom, parts } = this;
    const words = classroom.words;
    const isIn = this.link.wanted;
    classroom.show("voice-enter", !isIn && !this.wantsIn);
    const canPicture = isIn && classroom.maySend("video");
    classroom.show("voice-camera", canPicture || this.camera);
    classroom.show("voice-screen", (isIn && classroom.maySend("screen") && mayShowScreen()) || this.screen);
    press(parts["voice-camera"], this.camera, parts["voice-camera-words"], words[this.camera ? "camera.off" : "camera.on"]);
    press(parts["voice-screen"], this.screen, parts["voice-screen-words"], words[this.screen ? "screen.stop" : "screen.start"]);
    parts["voice-state"].textContent = this.stateInWords();
    const limited = isIn && this.profile === "video" && this.limit !== "high" && (this.limit === "none" || innerWidth >= WIDE);
    classroom.show("voice-small", limited);
    if (limited) parts["voice-small-words"].textContent = words[this.limit === "none" ? "voice.no_picture" : "voice.small"];
    if (!parts.mic) return;
    const state = !isIn ? "out" : this.mic ? "on" : !classroom.maySend("audio") ? "held" : classroom.floor.muted.includes(classroom.room.me) ? "muted" : "off";
    parts.mic.dataset.state = state;
    parts.mic.setAttribute("aria-pressed", String(this.mic));
    parts["mic-words"].textContent = words[`mic.button.${state}`];
  }

  stateInWords() {
    const { words } = this.classroom;
    if (this.wantsIn) return words["voice.waiting"];
    if (this.state === "on") return words[`voice.on.${this.profile}`];
    return words[`voice.${this.state}`];
  }

  say(code) {
    const sentence = this.classroom.sentence(code);
    this.classroom.note(sentence);
    this.classroom.announce("voice", sentence);
  }

  explain(error, kind) {
    const what = trouble(error, kind);
    if (what) this.say(`${kind}.${what}`);
  }
}

function press(button, isOn, place, words) {
  button.setAttribute("aria-pressed", String(isOn));
  place.textContent = words;
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

function write(kept) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // a browser that keeps nothing asks again next time
  }
}

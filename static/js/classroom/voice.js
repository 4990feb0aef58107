// The way to voice and picture: knows who may be heard, shows the buttons, and loads the rest (media.js) when it is
// first wanted. A class that nobody listens to costs nothing of it.

export function voice(classroom) {
  const { parts, room, root } = classroom;
  const floor = (classroom.floor = { held: false, cameras: false, muted: [], called: [] });
  if (!parts.voice) return {};
  let media;
  let loading;

  function load() {
    loading ??= import(parts.voice.dataset.script).then(
      (module) => (media = module.start(classroom)),
      () => {
        loading = null;
        classroom.note(classroom.sentence("voice.not_loaded"));
      },
    );
    return loading;
  }

  async function press(name) {
    await load();
    media?.press(name);
  }

  function take(told) {
    Object.assign(floor, told);
    media?.floorChanged();
    classroom.tell("floorChanged", floor);
  }

  // What I may send, as the server will say too.
  classroom.maySend = (kind) => {
    const role = room.people.get(room.me)?.role ?? root.dataset.role;
    if (role === "inspector") return false;
    if (role !== "learner") return true;
    if (kind === "audio") return !floor.held || floor.called.includes(room.me);
    return kind === "video" && floor.cameras;
  };

  parts.voice.hidden = false;
  classroom.show("mic", true);
  parts.mic?.addEventListener("click", () => press("mic"));
  for (const name of ["enter", "settings", "camera", "screen"]) parts[`voice-${name}`].addEventListener("click", () => press(name));
  return {
    become: (snapshot) => take(snapshot.floor),
    welcomed: () => media?.welcomed(),
    online: (isOn) => media?.online(isOn),
    staged: () => media?.lookAt(),
    refused: (error) => media?.refused(error),
    messages: { rtc: (message) => media?.receive(message) },
    events: {
      floor: (event) => take(event.floor),
      started: () => media?.begun(),
      async called(event) {
        if (event.person !== room.me) return;
        await load();
        media?.called(event.by);
      },
    },
  };
}

// What stands large before everybody: the slides, one person, one poll, or nothing but the words of the class.

export function stage(classroom) {
  const { parts, room, root } = classroom;
  let what = "nothing";
  let of = null;

  function put(now) {
    what = now.what;
    of = now.of ?? null;
    classroom.stage = what;
    classroom.stageOf = of;
    root.dataset.stage = what;
    draw();
    classroom.tell("staged", now);
  }

  function draw() {
    classroom.show("stage-person", what === "person");
    classroom.show("stage-poll", what === "poll");
    classroom.show("stage-words", what === "nothing" || room.state !== "open");
    if (what === "person") parts["stage-name"].textContent = room.name(of);
    if (parts["stage-now"]) parts["stage-now"].textContent = classroom.sentence(`stage.${what}`, { name: room.name(of) });
  }

  if (classroom.helps) {
    classroom.show("stage-tools", true);
    for (const button of parts["stage-tools"].querySelectorAll("[data-stage]"))
      button.addEventListener("click", () => classroom.ask({ t: "stage", what: button.dataset.stage }));
  }
  return {
    become: (snapshot) => put(snapshot.stage),
    events: {
      stage(event) {
        put(event.stage);
        if (what === "person")
          classroom.announce("stage", classroom.sentence(of === room.me ? "stage.mine" : "stage.person", { name: room.name(of) }));
        if (what === "person" && of === room.me) classroom.note(classroom.sentence("stage.mine"));
      },
      started: draw,
    },
  };
}

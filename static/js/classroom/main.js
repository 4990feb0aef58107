// A class in this browser: the line brings what happens, and each tool draws what is its own.
import { Classroom } from "./context.js";
import { chat } from "./chat.js";
import { desk } from "./desk.js";
import { waitToBeLetIn, waitToComeBack } from "./door.js";
import { floor } from "./floor.js";
import { hands } from "./hands.js";
import { lead } from "./lead.js";
import { panes } from "./panes.js";
import { people } from "./people.js";
import { polls } from "./polls.js";
import { presence } from "./presence.js";
import { signs } from "./signs.js";
import { slides } from "./slides.js";
import { stage } from "./stage.js";
import { timer } from "./timer.js";
import { trouble } from "./trouble.js";
import { voice } from "./voice.js";

// One module per matter. A tool is made once, from the classroom, and answers with what it listens to:
//   become(snapshot)   the room as a whole, at the welcome and after every gap
//   events: {type}     what happened in the room, in order, after room.js took it
//   messages: {t}      what the server says to this browser alone
//   online(isOn)       the line came or went
const TOOLS = [panes, voice, floor, stage, people, hands, chat, signs, slides, polls, timer, lead, presence, trouble, desk];

const root = document.querySelector("[data-classroom]");

if (root.dataset.phase === "early") waitForTheDoor();
else if (root.dataset.phase === "door") waitToBeLetIn(root, JSON.parse(document.getElementById("classroom-words").textContent));
else if (root.dataset.phase === "sent_out") waitToComeBack();
else if (root.dataset.phase === "waiting" || root.dataset.phase === "open") {
  const classroom = new Classroom(root, JSON.parse(document.getElementById("classroom-words").textContent));
  classroom.use(TOOLS);
  classroom.open();
}

// The page asks again when the door opens, each browser at a moment of its own.
function waitForTheDoor() {
  const wait = new Date(root.dataset.opens) - Date.now() + 1000 + Math.random() * 4000;
  setTimeout(() => location.reload(), Math.min(Math.max(wait, 5000), 2 ** 31 - 1));
}

// The room as every tool needs it: its people, the hands now up, its state. Pure: no page, no socket.

export class Room {
  constructor() {
    this.people = new Map(); // id → {id, name, full_name, role}
    this.hands = [];
    this.state = "planned";
    this.me = null;
  }

  // Everything as of one event number.
  become(snapshot) {
    this.people = new Map(snapshot.roster.map((person) => [person.id, person]));
    this.hands = snapshot.hands;
    this.state = snapshot.state;
  }

  apply(event) {
    switch (event.type) {
      case "joined":
        this.people.set(event.person.id, event.person);
        break;
      case "left":
        this.people.delete(event.person.id);
        break;
      case "hands":
        this.hands = event.hands;
        break;
      case "started":
        this.state = "open";
        break;
      case "ended":
        this.state = "ended";
    }
  }

  name(id) {
    const person = this.people.get(id);
    return person ? person.full_name ?? person.name : "";
  }

  placeOfMyHand() {
    return this.hands.indexOf(this.me) + 1;
  }
}

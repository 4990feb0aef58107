// Voice and picture, loaded when somebody first wants to hear the class.
export { start } from "./classroom/media.js";

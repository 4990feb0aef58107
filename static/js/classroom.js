// The second script of the house: only the page of a class loads it.
import "./classroom/main.js";

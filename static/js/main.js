// The one script of every page: starts Stimulus with every controller of static/js/controllers.
// A page works without it; a controller only adds to what the server sent.
import { Application } from "@hotwired/stimulus";
import controllers from "ponte:controllers";

document.documentElement.classList.add("js");
const application = Application.start();
for (const [name, controller] of controllers) application.register(name, controller);

import { Widget, format, helpers } from "./widgets";

new Widget().draw();
format();
helpers.assist();

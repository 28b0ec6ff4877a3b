import { core } from "@acme/core";
import { deep } from "@acme/core/extra";
import helper from "helper";

core();
deep();
helper();

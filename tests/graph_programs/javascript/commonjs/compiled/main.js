"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const service_1 = require("./service");
const helper_1 = __importDefault(require("./helper"));
var __importDefault = (this && this.__importDefault) || function (mod) {
  return (mod && mod.__esModule) ? mod : { "default": mod };
};
(0, service_1.serve)();
(0, helper_1.default)();

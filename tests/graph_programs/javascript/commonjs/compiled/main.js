"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
  return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
const service_1 = require("./service");
const helper_1 = __importDefault(require("./helper"));
(0, service_1.serve)();
(0, helper_1.default)();

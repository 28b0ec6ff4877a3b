"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.serve = serve;
function serve() {}

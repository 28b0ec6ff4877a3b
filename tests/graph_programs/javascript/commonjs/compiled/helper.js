"use strict";
exports.default = help;
function help() {}

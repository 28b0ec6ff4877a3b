module.exports.hammer = function () {};
module.exports.saw = function () {};

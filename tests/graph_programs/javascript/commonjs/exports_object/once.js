module.exports.once = () => {};

function create() {}
create.fast = function () {};
module.exports = create;

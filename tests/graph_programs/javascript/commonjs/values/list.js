function one() {}
module.exports = [one];
